//! Quantile tables: a monotone function of a uniform draw as cubic pieces.

use std::sync::Arc;

/// Cubic pieces per octave of the smaller tail, as a power of two.
const SEGMENT_BITS: u32 = 4;
const SEGMENTS: usize = 1 << SEGMENT_BITS;
/// Octaves of a tail: a 64-bit draw reaches down to 2^-65.
const OCTAVES: usize = 64;
const PIECES: usize = 2 * OCTAVES * SEGMENTS;

/// The quantile function at `u = (bits + 1/2) / 2^64` as cubics.
///
/// The smaller tail, `min(u, 1-u)`, is divided into octaves and each octave into 16 equal pieces. On each piece the
/// quantile is the cubic through its values at both ends and at two inner points, so that neighbouring pieces meet; a
/// piece on which the cubic is not monotone is replaced by a straight line. 64 KiB, of which a simulation touches the
/// first few.
#[derive(Clone)]
pub(crate) struct QuantileTable {
    pieces: Arc<[Piece; PIECES]>,
}

/// Where the cubic meets the function on [0, 1]: Chebyshev points of the first kind stretched until the outer two reach
/// the ends, which gives the smallest error among cubics that meet at the ends.
const NODES: [f64; 4] = [
    0.0,
    1.0 - std::f64::consts::FRAC_1_SQRT_2,
    std::f64::consts::FRAC_1_SQRT_2,
    1.0,
];
/// The largest position inside a piece: 48 bits.
const LAST: f64 = 1.0 - 1.0 / 281_474_976_710_656.0;
/// The largest number below 2^63.
const BELOW_HALF: f64 = 9_223_372_036_854_774_784.0;
/// The mantissa bits of a floating-point number.
const MANTISSA: u64 = (1 << 52) - 1;
/// The bits of 1.0.
const ONE: u64 = 1023 << 52;

/// Coefficients of a cubic, the constant first; aligned so that no piece straddles a cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Piece([f64; 4]);

impl std::fmt::Debug for QuantileTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuantileTable").finish_non_exhaustive()
    }
}

impl QuantileTable {
    /// Tabulates `f(p, upper)`: the quantile at p, or at 1 - p, for p from 2^-65 to 1/2.
    pub(crate) fn new(f: impl Fn(f64, bool) -> f64) -> Self {
        let value = |p: f64, upper: bool| {
            let y = f(p, upper && p < 0.5); // one median for both halves
            if y.is_nan() {
                0.0
            } else {
                y.clamp(-1e300, 1e300)
            }
        };
        let mut pieces = vec![Piece([0.0; 4]); PIECES];
        for side in 0..2 {
            let upper = side == 1;
            let mut base = 0.25;
            for octave in 0..OCTAVES {
                let width = base / SEGMENTS as f64;
                let mut y3 = value(base, upper);
                for s in 0..SEGMENTS {
                    let from = base + width * s as f64;
                    let y0 = y3;
                    let y1 = value(from + width * NODES[1], upper);
                    let y2 = value(from + width * NODES[2], upper);
                    y3 = value(from + width, upper);
                    // deepest octave first, as exponents order them
                    pieces[(side * OCTAVES + OCTAVES - 1 - octave) * SEGMENTS + s] =
                        Piece(piece([y0, y1, y2, y3]));
                }
                base *= 0.5;
            }
        }
        let fixed: Result<Box<[Piece; PIECES]>, _> = pieces.into_boxed_slice().try_into();
        Self {
            pieces: Arc::from(fixed.expect("the vector was made with this length")),
        }
    }

    /// The quantile at `u = (bits + 1/2) / 2^64`.
    ///
    /// The exponent and the leading bits of the mantissa of the smaller tail, as a floating-point number, are the index
    /// of the piece; the other bits are the position in it.
    #[inline(always)]
    pub(crate) fn at(&self, bits: u64) -> f64 {
        let upper = ((bits as i64) >> 63) as u64; // all ones in the upper half
        // 2^64 min(u, 1-u), from 1/2 to just below 2^63 (a signed conversion is one instruction)
        let tail = ((bits ^ upper) as i64 as f64 + 0.5)
            .min(BELOW_HALF)
            .to_bits();
        let place = (tail >> (52 - SEGMENT_BITS)) as usize - (1022 << SEGMENT_BITS);
        let index = (upper as usize & (OCTAVES * SEGMENTS)) | place;
        let t = f64::from_bits((tail << SEGMENT_BITS) & MANTISSA | ONE) - 1.0;
        let c = &self.pieces[index & (PIECES - 1)].0;
        c[0] + t * (c[1] + t * (c[2] + t * c[3]))
    }
}

fn evaluate(c: &[f64; 4], t: f64) -> f64 {
    c[0] + t * (c[1] + t * (c[2] + t * c[3]))
}

/// Coefficients of the cubic through `y` at [`NODES`], or of a straight line where that is not monotone.
fn piece(y: [f64; 4]) -> [f64; 4] {
    let t = NODES;
    let mut d = y;
    for k in 1..4 {
        for j in (k..4).rev() {
            d[j] = (d[j] - d[j - 1]) / (t[j] - t[j - k]);
        }
    }
    // Newton's form d0 + t (d1 + (t-t1) (d2 + (t-t2) d3)) in powers of t, as t0 = 0
    let mut c = [
        d[0],
        d[1] - t[1] * d[2] + t[1] * t[2] * d[3],
        d[2] - (t[1] + t[2]) * d[3],
        d[3],
    ];
    if !monotone(&c, y[3] >= y[0]) {
        c = [y[0], y[3] - y[0], 0.0, 0.0];
    }
    // rounding must not carry the end of this piece past the start of the next
    let up = y[3] >= y[0];
    for _ in 0..64 {
        let end = evaluate(&c, LAST);
        if (up && end <= y[3]) || (!up && end >= y[3]) {
            break;
        }
        let excess = (end - y[3]).abs().max(f64::EPSILON * y[3].abs());
        c[1] += if up { -excess } else { excess };
    }
    c
}

/// Whether the derivative keeps its sign on [0, 1].
fn monotone(c: &[f64; 4], up: bool) -> bool {
    let sign = if up { 1.0 } else { -1.0 };
    let (a, b, k) = (sign * c[1], sign * 2.0 * c[2], sign * 3.0 * c[3]); // a + b t + k t²
    let least = if k > 0.0 {
        (-b / (2.0 * k)).clamp(0.0, 1.0)
    } else {
        0.0
    };
    [0.0, 1.0, least].iter().all(|t| a + t * (b + t * k) >= 0.0)
}
