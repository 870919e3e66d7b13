use super::Cause;

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Something is created.
    Create,
    /// Something is changed while it runs.
    Update,
    /// Machines stop and start.
    Restart,
    /// Something is deleted and created.
    Replace,
    /// Something is deleted.
    Delete,
    /// vpcgen, Terraform or Google refuses it.
    Refused,
}

impl Action {
    /// All of them, in the order of summaries.
    pub const ALL: [Action; 6] =
        [Action::Create, Action::Update, Action::Restart, Action::Replace, Action::Delete, Action::Refused];

    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Restart => "restart",
            Action::Replace => "replace",
            Action::Delete => "delete",
            Action::Refused => "refused",
        }
    }
}

/// When a change counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TakesEffect {
    /// With the apply.
    Now,
    /// When a machine restarts.
    Reboot,
    /// When a machine is replaced: its boot files count at its first boot only.
    Remade,
    /// Not at all, for what exists.
    Never,
}

impl TakesEffect {
    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            TakesEffect::Now => "now",
            TakesEffect::Reboot => "reboot",
            TakesEffect::Remade => "remade",
            TakesEffect::Never => "never",
        }
    }
}

/// How bad it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nobody notices.
    Info,
    /// Something stops for a while, or something must be done.
    Caution,
    /// Data, the API or the network may be lost, or the apply fails.
    Danger,
}

impl Severity {
    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Caution => "caution",
            Severity::Danger => "danger",
        }
    }
}

/// One thing that happens: to a pool, a rule, the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// What kind of thing.
    pub action: Action,
    /// When it counts.
    pub takes_effect: TakesEffect,
    /// How bad it may be.
    pub severity: Severity,
    /// To what: pool `web`, the control plane, the VPC.
    pub subject: String,
    /// What happens to it: "3 machines restart, all at the same time".
    pub what: String,
    /// From which value to which: "`machine_type` n2-standard-4 → n2-standard-8"; may be empty.
    pub change: String,
    /// What else one must know; may be empty.
    pub why: String,
    /// The key that causes it.
    pub cause: Option<Cause>,
    /// What to run by hand.
    pub manual: Vec<String>,
    /// The resources' addresses in Terraform.
    pub addresses: Vec<String>,
    /// The names of the machines.
    pub machines: Vec<String>,
    /// The arguments of the resources, by their paths.
    pub attributes: Vec<String>,
}

impl Effect {
    pub(super) fn new(action: Action, severity: Severity, subject: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            action,
            takes_effect: TakesEffect::Now,
            severity,
            subject: subject.into(),
            what: what.into(),
            change: String::new(),
            why: String::new(),
            cause: None,
            manual: Vec::new(),
            addresses: Vec::new(),
            machines: Vec::new(),
            attributes: Vec::new(),
        }
    }

    /// When it counts, in a cell and as a sentence; `None`: with the apply.
    pub(super) fn when_it_counts(&self) -> Option<(&'static str, &'static str)> {
        match self.takes_effect {
            TakesEffect::Now => None,
            TakesEffect::Reboot => Some(("at a restart", "Takes effect when a machine restarts.")),
            TakesEffect::Remade => Some(("when replaced", "Takes effect when a machine is replaced.")),
            TakesEffect::Never => Some(("no effect", "Takes no effect on what exists.")),
        }
    }

    pub(super) fn when(mut self, takes_effect: TakesEffect) -> Self {
        self.takes_effect = takes_effect;
        self
    }

    pub(super) fn change(mut self, change: impl Into<String>) -> Self {
        self.change = change.into();
        self
    }

    pub(super) fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    pub(super) fn manual(mut self, command: impl Into<String>) -> Self {
        self.manual.push(command.into());
        self
    }

    pub(super) fn cause(mut self, cause: Option<Cause>) -> Self {
        self.cause = cause;
        self
    }
}
