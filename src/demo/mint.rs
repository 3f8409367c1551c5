//! Makes what a key or a project is known by: values and ids, from the seeded generator alone.

use std::collections::HashSet;

use fastrand::Rng;

use crate::secret::Secret;

/// How often another tail is tried for a value. At the most keys that are generated, one in sixty
/// tails is taken, so that even a few tries do.
const TRIES: usize = 64;

/// Whose key a value is for; part of the value, as with the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Organization,
    Project,
}

/// The source of values and ids.
#[derive(Debug)]
pub(super) struct Mint {
    random: Rng,
    /// The last six digits of all values ever made: people and masked values tell keys apart by them.
    tails: HashSet<u32>,
}

impl Mint {
    pub(super) fn new(random: Rng) -> Self {
        Self { random, tails: HashSet::new() }
    }

    /// A value of the vendor's shape that anyone sees is not real. Its last six characters are
    /// hexadecimal digits that no other value has.
    pub(super) fn value(&mut self, kind: Kind) -> Secret {
        let kind = match kind {
            Kind::Organization => "org",
            Kind::Project => "proj",
        };
        let mut tail = self.random.u32(..0x0100_0000);
        for _ in 0..TRIES {
            if self.tails.insert(tail) {
                break;
            }
            tail = self.random.u32(..0x0100_0000);
        }
        let body = self.random.u64(..);
        Secret::new(format!("confident_us_{kind}_demo_not_real_{body:016x}{tail:06x}"))
    }

    /// An opaque id that looks like the vendor's: a letter, then letters and digits.
    pub(super) fn id(&mut self) -> String {
        let random = &mut self.random;
        std::iter::once('c').chain(std::iter::repeat_with(|| random.digit(36)).take(24)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_look_fake_and_have_distinct_hexadecimal_tails() {
        let mut mint = Mint::new(Rng::with_seed(1));
        let values: Vec<_> = (0..20_000).map(|_| mint.value(Kind::Project)).collect();
        let tails: HashSet<_> = values.iter().map(Secret::tail).collect();
        assert_eq!(tails.len(), values.len());
        for value in values {
            assert!(value.expose().starts_with("confident_us_proj_demo_not_real_"));
            assert!(value.tail().len() == 6 && u32::from_str_radix(value.tail(), 16).is_ok());
        }
        assert!(mint.value(Kind::Organization).expose().starts_with("confident_us_org_demo_not_real_"));
    }

    #[test]
    fn a_seed_gives_the_same_values_and_ids() {
        let make = || {
            let mut mint = Mint::new(Rng::with_seed(7));
            (mint.value(Kind::Project), mint.id())
        };
        assert_eq!(make(), make());
        assert_eq!(make().1.len(), 25);
    }
}
