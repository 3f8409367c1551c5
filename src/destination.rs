//! Where a fresh secret goes.

pub mod dotenv;
