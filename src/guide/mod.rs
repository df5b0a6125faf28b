//! One page for each thing that people want to do with the library. Every block of Rust in them runs as a test.
//!
//! | you want | read |
//! | --- | --- |
//! | people only, or places and nationalities too | [`kinds`] |
//! | names of your own found | [`gazetteer`] |
//! | another network than the one inside, or none | [`model`] |
//! | thousands of texts, on few or many cores | [`batches`] |
//! | to know how far to trust a mention | [`scores`] |
//! | to cut the names out in Python or JavaScript | [`offsets`] |
//!
//! The modules hold nothing but these pages, and exist in the documentation alone.

#[doc = include_str!("kinds.md")]
pub mod kinds {}

#[doc = include_str!("gazetteer.md")]
pub mod gazetteer {}

#[doc = include_str!("model.md")]
pub mod model {}

#[doc = include_str!("batches.md")]
pub mod batches {}

#[doc = include_str!("scores.md")]
pub mod scores {}

#[doc = include_str!("offsets.md")]
pub mod offsets {}
