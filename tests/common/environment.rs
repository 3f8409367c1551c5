//! The environment that `ckeys` is run in: nothing of the tests' own that means something to it.

/// The variables of the tests' own environment that mean something to `ckeys`.
pub(crate) fn unwanted() -> Vec<String> {
    const NAMES: [&str; 9] = [
        "TMUX",
        "STY",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "COLORTERM",
        "HTTP_PROXY",
        "http_proxy",
    ];
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| {
            ["CONFIDENT_", "SSH_", "XDG_"].iter().any(|prefix| name.starts_with(prefix)) || NAMES.contains(&&**name)
        })
        .collect()
}
