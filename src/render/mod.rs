//! A document as text for people and for programs.

mod offsets;

pub use offsets::Offsets;
