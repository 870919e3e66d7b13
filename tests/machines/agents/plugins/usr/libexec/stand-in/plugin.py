"""Where the plugin manager, the core plugin and ggactl_plugin find each other: internal/plugin/manager/plugin.go."""
from pathlib import Path

# The plugin's process id, as the manager last started it. It stays when the machine reboots.
STATE = Path("/var/lib/google-guest-agent/agent_state/plugin_info/GuestAgentCorePlugin")
ADDRESS = Path("/run/google-guest-agent/plugin-connections/GuestAgentCorePlugin.sock")
