#![doc = include_str!("../README.md")]

// What can go wrong while loading: what, where, expected, found.
mod error;

// Half-open byte ranges.
mod span;

// A span that refers to something.
mod mention;

// The things referred to.
mod entity;

// The labels of a model.
#[cfg(feature = "encoder")]
mod label;

// &str to sentences,
mod sentence;

// sentences to tokens,
#[cfg(feature = "encoder")]
mod tokenizer;

// tokens to windows,
#[cfg(feature = "encoder")]
mod window;

// windows to logits,
mod encoder;

// logits to the model's mentions.
#[cfg(feature = "encoder")]
mod decode;

// A model's files from the Hugging Face Hub.
#[cfg(feature = "hub")]
mod hub;

// These five together: a folder of files, or the embedded one.
#[cfg(feature = "encoder")]
mod model;

// &str to words, for
mod word;

// the mentions of listed names,
mod gazetteer;

// of provisions,
mod provision;

// of treaties by the shape of their names,
mod treaty_name;

// which settle what the model's labels leave open,
#[cfg(feature = "encoder")]
mod settle;

// of people by their titles.
mod title;

// of organisations by theirs,
mod organisation_name;

// The words that these grammars start from.
mod cue;

// All mentions to one list,
mod merge;

// one kind for a name that the model was unsure of,
mod agree;

// with the repeats of sure names,
mod alias;

// and mentions to entities:
mod resolve;

// the result.
mod document;

pub mod render;

pub mod evaluate;

// The pipeline on one screen.
mod recognizer;

// How a recogniser is put together.
mod builder;

// How to do what people want to do: pages, and no code.
#[cfg(any(doc, doctest))]
pub mod guide;

pub use builder::RecognizerBuilder;
pub use document::{Document, Dyad, Fallback};
#[cfg(feature = "encoder")]
pub use encoder::{Backend, NativeEncoder, Precision};
#[cfg(feature = "rust-bert")]
pub use encoder::{Device, RustBertEncoder};
pub use encoder::{Encoder, Logits, Sequence};
pub use entity::{Country, CountryForm, Entity, Organisation, Person, Provision, ProvisionUnit, Treaty};
pub use error::{Error, ErrorKind};
pub use gazetteer::{Gazetteer, GazetteerEntry};
#[cfg(feature = "hub")]
pub use hub::HubModel;
#[cfg(feature = "encoder")]
pub use label::LabelMeaning;
pub use mention::{EntityKind, Mention, Source};
pub use merge::{Decision, Rule};
pub use recognizer::Recognizer;
pub use span::Span;
