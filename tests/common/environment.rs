//! The environment that `ckeys` is run in: nothing of the tests' own that means something to it.

/// The variables of the tests' own environment that mean something to `ckeys`.
pub(crate) fn unwanted() -> Vec<String> {
    const NAMES: [&str; 12] = [
        "CKEYS_PROFILE",
        "CKEYS_THEME",
        "TMUX",
        "STY",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "COLORTERM",
        "COLORFGBG",
        "TZ",
    ];
    const PREFIXES: [&str; 4] = ["CONFIDENT_", "SSH_", "SSL_CERT_", "XDG_"];
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| {
            PREFIXES.iter().any(|prefix| name.starts_with(prefix))
                || NAMES.contains(&&**name)
                || name.to_ascii_lowercase().ends_with("_proxy")
        })
        .collect()
}
