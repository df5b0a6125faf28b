//! `attache`

mod error;

mod span;

mod mention;

mod entity;

mod label;

mod sentence;

#[cfg(feature = "encoder")]
mod tokenizer;

#[cfg(feature = "encoder")]
mod window;

mod encoder;

#[cfg(feature = "encoder")]
mod decode;

#[cfg(feature = "encoder")]
mod model;

mod gazetteer;

mod provision;

mod treaty_name;

mod title;

mod merge;

mod alias;

mod resolve;

mod document;

pub mod render;

pub mod evaluate;

mod recognizer;

mod builder;

pub use builder::RecognizerBuilder;
pub use document::{Document, Dyad, Fallback};
pub use encoder::{Encoder, Logits, Sequence};
pub use entity::{Country, CountryForm, Entity, Organisation, Person, Provision, ProvisionUnit, Treaty};
pub use error::{Error, ErrorKind};
pub use gazetteer::{Gazetteer, GazetteerEntry};
pub use mention::{EntityKind, Mention, Source};
pub use merge::{Decision, Rule};
pub use recognizer::Recognizer;
pub use span::Span;
