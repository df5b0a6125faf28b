//! The inner loops, compiled for each instruction set and chosen once, when a model is loaded.
//!
//! The algorithms are written once ([`product`], [`rows`], [`attention`]) over what an instruction set can do
//! ([`vector`]). All instruction sets give the same sums of bytes to the bit; floats are summed in vectors of different
//! length and differ in the last places.

#![allow(unsafe_code)]

/// Methods of a trait of unsafe methods, one expression each; not all of them need it to be unsafe.
macro_rules! operations {
    ($(fn $name:ident($($args:tt)*) -> $out:ty = $body:expr;)+) => {$(
        #[inline(always)]
        #[allow(unused_unsafe)]
        unsafe fn $name($($args)*) -> $out {
            // SAFETY: the trait has the caller promise the instruction set, and pointers to whole vectors.
            unsafe { $body }
        }
    )+};
}

mod attention;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod floats;
mod packed;
mod portable;
mod product;
mod rows;
#[cfg(test)]
mod tests;
mod vector;

pub(crate) use attention::HeadScratch;
use packed::PANEL;
pub(crate) use packed::Packed;
pub(crate) use rows::Norm;

use crate::error::{Error, ErrorKind};

/// What the product does to a sum before it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    /// Scale and bias.
    Linear,
    /// Scale, bias and GELU.
    Gelu,
}

type Product<W, X> = unsafe fn(&Packed<W>, &[X], &[f32], Finish, &mut [f32]);

/// The entry points of one instruction set.
#[derive(Debug)]
pub(crate) struct Kernels {
    name: &'static str,
    bytes: Product<i8, u8>,
    floats: Product<f32, f32>,
    normalize: unsafe fn(&mut [f32], &[f32], &Norm),
    quantize: unsafe fn(&[f32], &mut [u8], &mut [f32]),
    attend: unsafe fn(&[f32], usize, usize, &mut [f32], &mut HeadScratch),
}

/// The table of an instruction set: each function compiled for `$features`.
macro_rules! kernels {
    ($name:literal, $(#[$attribute:meta])* $vector:ty, $dot:ty) => {{
        $(#[$attribute])*
        fn bytes(matrix: &Packed<i8>, x: &[u8], scales: &[f32], finish: Finish, out: &mut [f32]) {
            // SAFETY: this function has the instruction set; `Kernels` checked the shapes.
            unsafe { product::product::<$dot>(matrix, x, scales, finish, out) }
        }
        $(#[$attribute])*
        fn floats(matrix: &Packed<f32>, x: &[f32], scales: &[f32], finish: Finish, out: &mut [f32]) {
            // SAFETY: as above.
            unsafe { product::product::<floats::Full<$vector>>(matrix, x, scales, finish, out) }
        }
        $(#[$attribute])*
        fn normalize(x: &mut [f32], residual: &[f32], norm: &Norm) {
            // SAFETY: as above.
            unsafe { rows::normalize::<$vector>(x, residual, norm) }
        }
        $(#[$attribute])*
        fn quantize(x: &[f32], bytes: &mut [u8], scales: &mut [f32]) {
            // SAFETY: as above.
            unsafe { rows::quantize::<$vector>(x, bytes, scales) }
        }
        $(#[$attribute])*
        fn attend(qkv: &[f32], hidden: usize, head: usize, context: &mut [f32], scratch: &mut HeadScratch) {
            // SAFETY: as above.
            unsafe { attention::attend::<$vector>(qkv, hidden, head, context, scratch) }
        }
        Kernels { name: $name, bytes, floats, normalize, quantize, attend }
    }};
}

static SCALAR: Kernels = kernels!("scalar", portable::Floats, portable::Bytes);
#[cfg(target_arch = "x86_64")]
static AVX2: Kernels = kernels!(
    "avx2",
    #[target_feature(enable = "avx2,fma")]
    std::arch::x86_64::__m256,
    avx2::Widened
);
#[cfg(target_arch = "x86_64")]
static AVXVNNI: Kernels = kernels!(
    "avxvnni",
    #[target_feature(enable = "avx2,fma,avxvnni")]
    std::arch::x86_64::__m256,
    avx2::Vnni256
);
#[cfg(target_arch = "x86_64")]
static AVX512VNNI: Kernels = kernels!(
    "avx512vnni",
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma")]
    std::arch::x86_64::__m512,
    avx512::Vnni512
);

/// What a machine with AVX-512 and without AVX-VNNI tests the latter's kernels with.
#[cfg(all(test, target_arch = "x86_64"))]
static VNNI_OF_256_BITS: Kernels = kernels!(
    "avx512vnni on 256 bits",
    #[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma")]
    std::arch::x86_64::__m256,
    avx2::Vnni256OfAvx512
);

impl Kernels {
    /// The instruction sets that this processor has, the fastest first.
    pub(crate) fn available() -> Vec<&'static Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let has_avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let has_avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512dq");
            let sets = [
                (&AVX512VNNI, has_avx2 && has_avx512 && is_x86_feature_detected!("avx512vnni")),
                #[cfg(test)]
                (&VNNI_OF_256_BITS, has_avx2 && has_avx512 && is_x86_feature_detected!("avx512vnni")),
                (&AVXVNNI, has_avx2 && is_x86_feature_detected!("avxvnni")),
                (&AVX2, has_avx2),
            ];
            all.extend(sets.into_iter().filter_map(|(kernels, has)| has.then_some(kernels)));
        }
        all.push(&SCALAR);
        all
    }

    /// The fastest instruction set, or the one that `ATTACHE_ISA` names.
    ///
    /// # Errors
    ///
    /// Fails where the variable names one that is unknown, or that this processor does not have.
    pub(crate) fn choose() -> Result<&'static Self, Error> {
        match std::env::var("ATTACHE_ISA") {
            Err(_) => Ok(Self::available()[0]),
            Ok(name) => Self::named(&name),
        }
    }

    fn named(name: &str) -> Result<&'static Self, Error> {
        let available = Self::available();
        let names = || available.iter().map(|kernels| kernels.name).collect::<Vec<_>>().join(", ");
        let unknown = || Error::new(ErrorKind::Argument, "ATTACHE_ISA", format!("one of {}", names()), name);
        available.iter().copied().find(|kernels| kernels.name == name).ok_or_else(unknown)
    }

    /// `out = finish(x · matrix)`, for rows of bytes (rows, steps · 4) that `scales` (rows) says the steps of.
    pub(crate) fn product_of_bytes(
        &self,
        matrix: &Packed<i8>,
        x: &[u8],
        scales: &[f32],
        finish: Finish,
        out: &mut [f32],
    ) {
        assert!(x.len() == scales.len() * matrix.steps() * 4 && out.len() == scales.len() * matrix.outputs());
        // SAFETY: the processor has the instruction set, or `available` had not given it; the shapes fit.
        unsafe { (self.bytes)(matrix, x, scales, finish, out) }
    }

    /// `out = finish(x · matrix)`, for rows of floats (rows, inputs); `ones` (rows) holds ones.
    pub(crate) fn product_of_floats(
        &self,
        matrix: &Packed<f32>,
        x: &[f32],
        ones: &[f32],
        finish: Finish,
        out: &mut [f32],
    ) {
        assert!(x.len() == ones.len() * matrix.inputs() && out.len() == ones.len() * matrix.outputs());
        // SAFETY: as above.
        unsafe { (self.floats)(matrix, x, ones, finish, out) }
    }

    /// Each row of `x` (rows, hidden) plus its row of `residual` (rows, hidden), normalised.
    pub(crate) fn normalize(&self, x: &mut [f32], residual: &[f32], norm: &Norm) {
        assert!(x.len() == residual.len() && norm.scale.len() == norm.shift.len());
        // SAFETY: as above.
        unsafe { (self.normalize)(x, residual, norm) }
    }

    /// Rows of floats (rows, width) as bytes (rows, width or more), 128 for zero; the width of a step in `scales` (rows).
    pub(crate) fn quantize(&self, x: &[f32], bytes: &mut [u8], scales: &mut [f32]) {
        let rows = scales.len();
        assert!(rows > 0 && x.len().is_multiple_of(rows) && bytes.len().is_multiple_of(rows) && bytes.len() >= x.len());
        // SAFETY: as above.
        unsafe { (self.quantize)(x, bytes, scales) }
    }

    /// softmax(Q Kᵀ) V of one sequence: `qkv` (tokens, 3 hidden), queries scaled, `context` (tokens, hidden).
    pub(crate) fn attend(
        &self,
        qkv: &[f32],
        hidden: usize,
        head: usize,
        context: &mut [f32],
        scratch: &mut HeadScratch,
    ) {
        assert!(qkv.len() == 3 * context.len() && context.len().is_multiple_of(hidden) && hidden.is_multiple_of(head));
        // SAFETY: as above.
        unsafe { (self.attend)(qkv, hidden, head, context, scratch) }
    }
}
