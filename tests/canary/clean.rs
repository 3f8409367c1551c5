//! A house with a canary in it, and the search of all that comes out.

use crate::canary::{KEY, Search};
use crate::echo::Echo;
use crate::house::{House, Run};

/// With the canary as the organization key.
pub(crate) fn house(echo: &Echo) -> House {
    House::new("home", echo.base_url(), KEY)
}

impl House {
    /// No file that the program could have written, and no file's name, has anything of a canary.
    #[track_caller]
    pub(crate) fn is_clean(&self) {
        let search = Search::new();
        for (path, content) in self.files() {
            for bytes in [path.as_os_str().as_encoded_bytes(), &content] {
                if let Some(found) = search.find(bytes) {
                    panic!("{}: {found}", path.display());
                }
            }
        }
    }
}

impl Run {
    /// Nothing that was printed has anything of a canary.
    #[track_caller]
    pub(crate) fn is_clean(&self, what: &str) -> &Self {
        self.lacks(&Search::new(), what)
    }

    /// Nothing that was printed has what is searched for.
    #[track_caller]
    pub(crate) fn lacks(&self, search: &Search, what: &str) -> &Self {
        for text in [&self.out, &self.err] {
            if let Some(found) = search.find(text.as_bytes()) {
                panic!("{what}: {found}\n{self:?}");
            }
        }
        self
    }
}
