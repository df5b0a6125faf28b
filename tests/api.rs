//! What the public types can do: all can be sent, shared and printed; values can be copied, compared and stored.

use std::fmt::Debug;

use attache::evaluate::{Annotated, Annotation, Confusion, Identifiers, Interval, Pair, Score, Scores};
use attache::render::{Colours, JsonOptions, Offsets, Scheme, TextField};
use attache::{
    Country, CountryForm, Decision, Document, Dyad, Entity, EntityKind, Error, ErrorKind, Fallback, Gazetteer, Logits,
    Mention, Organisation, Person, Provision, ProvisionUnit, Recognizer, RecognizerBuilder, Rule, Sequence, Source,
    Span, Treaty,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn shared<T: Send + Sync + Debug>() {}
fn value<T: Send + Sync + Debug + Clone + PartialEq>() {}
fn stored<T: Send + Sync + Debug + Clone + PartialEq + Serialize + DeserializeOwned>() {}

#[test]
fn every_type_can_be_sent_shared_and_printed() {
    shared::<Recognizer>();
    shared::<RecognizerBuilder>();
    shared::<Gazetteer>();
    shared::<Error>();
    shared::<Sequence<'static>>();
    shared::<Pair<'static>>();
    shared::<Box<dyn attache::Encoder>>();
}

#[test]
fn values_can_be_copied_and_compared() {
    value::<ErrorKind>();
    value::<Logits>();
    value::<Entity<'static>>();
    value::<Confusion>();
    value::<Colours>();
    value::<JsonOptions<'static>>();
    value::<Offsets>();
    value::<Scheme>();
    value::<TextField>();
}

#[test]
fn what_is_found_and_what_is_scored_can_be_stored() {
    stored::<Document>();
    stored::<Fallback>();
    stored::<Dyad>();
    stored::<Person>();
    stored::<Country>();
    stored::<CountryForm>();
    stored::<Organisation>();
    stored::<Treaty>();
    stored::<Provision>();
    stored::<ProvisionUnit>();
    stored::<Mention>();
    stored::<EntityKind>();
    stored::<Source>();
    stored::<Span>();
    stored::<Decision>();
    stored::<Rule>();
    stored::<Annotated>();
    stored::<Annotation>();
    stored::<Score>();
    stored::<Scores>();
    stored::<Identifiers>();
    stored::<Interval>();
}

#[cfg(feature = "encoder")]
#[test]
fn encoders_and_their_choice_can_be_sent_and_shared() {
    value::<attache::Backend>();
    value::<attache::Precision>();
    shared::<attache::NativeEncoder>();
    #[cfg(feature = "rust-bert")]
    {
        value::<attache::Device>();
        shared::<attache::RustBertEncoder>();
    }
    #[cfg(feature = "hub")]
    value::<attache::HubModel>();
}

#[test]
fn errors_are_standard_errors() {
    fn standard<T: std::error::Error + 'static>() {}
    standard::<Error>();
}
