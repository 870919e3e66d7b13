//! Level 3: applied, each edit restarts and is refused as announced.
