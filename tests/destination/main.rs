//! Where secrets go.

mod dotenv;
