//! The loops that the encoder spends its time in, and the instruction sets that they run on.
//!
//! A kernel is written once, against [`Simd`](simd::Simd), and compiled for each instruction set; [`Isa`] picks one when
//! the encoder is loaded. All of them give the same bits.

/// Calls `tile::<S, HEIGHT, WIDTH>` with the height as a constant, so that the sums of a tile lie in registers.
macro_rules! for_each_height {
    ($simd:ty, $height:expr, $tile:ident, $width:literal, $arguments:tt; $($constant:literal)+) => {
        match $height {
            $($constant => $tile::<$simd, $constant, $width> $arguments,)+
            _ => unreachable!("a tile is no higher than the registers allow"),
        }
    };
}

mod simd;

mod scalar;

#[cfg(target_arch = "x86_64")]
mod avx2;

#[cfg(target_arch = "x86_64")]
mod avx512;

#[cfg(target_arch = "x86_64")]
mod amx;

#[cfg(target_arch = "aarch64")]
mod neon;

mod panel;

mod product;

mod rows;

mod attention;

#[cfg(test)]
mod tests;

pub(crate) use attention::{Attention, AttentionScratch, DistancePanels, Distances};
pub(crate) use panel::{F32Panels, Int8Panels};
pub(crate) use product::{Activation, After, F32Product, Int8Product, RowScale};
pub(crate) use rows::{Norm, Normalise, Quantise};
pub(crate) use simd::LANES;

use crate::error::{Error, ErrorKind};
use simd::{Kernel, Simd};

/// An instruction set that the processor has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Isa {
    Scalar(scalar::Scalar),
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    #[cfg(target_arch = "x86_64")]
    AvxVnni(avx2::AvxVnni),
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni(avx512::Avx512Vnni),
    #[cfg(target_arch = "x86_64")]
    Amx(amx::Amx),
    #[cfg(target_arch = "aarch64")]
    Neon(neon::Neon),
    #[cfg(target_arch = "aarch64")]
    NeonDot(neon::NeonDot),
    /// What a machine with AVX-512 and without AVX-VNNI tests the latter's kernels with.
    #[cfg(all(test, target_arch = "x86_64"))]
    Vnni256(avx2::Vnni256),
}

/// The names that `ATTACHE_ISA` may have.
const NAMES: [&str; 8] = ["scalar", "avx2", "avxvnni", "avx512", "avx512vnni", "amx", "neon", "neondot"];

impl Isa {
    /// All that the processor has, the fastest last.
    pub(crate) fn all() -> Vec<Self> {
        let mut found = vec![Self::Scalar(scalar::Scalar)];
        #[cfg(target_arch = "x86_64")]
        {
            found.extend(avx2::Avx2::detect().map(Self::Avx2));
            #[cfg(test)]
            found.extend(avx2::Vnni256::detect().map(Self::Vnni256));
            found.extend(avx2::AvxVnni::detect().map(Self::AvxVnni));
            found.extend(avx512::Avx512::detect().map(Self::Avx512));
            found.extend(avx512::Avx512Vnni::detect().map(Self::Avx512Vnni));
            found.extend(amx::Amx::detect().map(Self::Amx));
        }
        #[cfg(target_arch = "aarch64")]
        {
            found.extend(neon::Neon::detect().map(Self::Neon));
            found.extend(neon::NeonDot::detect().map(Self::NeonDot));
        }
        found
    }

    /// The fastest one, or the one that the environment variable `ATTACHE_ISA` names.
    pub(crate) fn choose() -> Result<Self, Error> {
        match std::env::var_os("ATTACHE_ISA") {
            Some(name) => Self::named(&name.to_string_lossy()),
            None => Ok(*Self::all().last().expect("scalar is always there")),
        }
    }

    /// The instruction set of this name.
    fn named(name: &str) -> Result<Self, Error> {
        let all = Self::all();
        if let Some(isa) = all.iter().find(|isa| isa.name() == name) {
            return Ok(*isa);
        }
        let (kind, found) = match NAMES.contains(&name) {
            true => (ErrorKind::Unsupported, format!("{name}, which this processor lacks")),
            false => (ErrorKind::Argument, format!("\"{name}\"")),
        };
        let names: Vec<&str> = all.iter().map(|isa| isa.name()).collect();
        Err(Error::new(kind, "ATTACHE_ISA", names.join(", "), found))
    }

    /// Its name, as `ATTACHE_ISA` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scalar(_) => NAMES[0],
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => NAMES[1],
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni(_) => NAMES[2],
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => NAMES[3],
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni(_) => NAMES[4],
            #[cfg(target_arch = "x86_64")]
            Self::Amx(_) => NAMES[5],
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => NAMES[6],
            #[cfg(target_arch = "aarch64")]
            Self::NeonDot(_) => NAMES[7],
            #[cfg(all(test, target_arch = "x86_64"))]
            Self::Vnni256(_) => "avx512vnni on 256 bits",
        }
    }

    /// Runs a kernel on it.
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            Self::Scalar(simd) => simd.run(kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => simd.run(kernel),
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni(simd) => simd.run(kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(simd) => simd.run(kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni(simd) => simd.run(kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Amx(simd) => simd.run(kernel),
            #[cfg(target_arch = "aarch64")]
            Self::Neon(simd) => simd.run(kernel),
            #[cfg(target_arch = "aarch64")]
            Self::NeonDot(simd) => simd.run(kernel),
            #[cfg(all(test, target_arch = "x86_64"))]
            Self::Vnni256(simd) => simd.run(kernel),
        }
    }
}
