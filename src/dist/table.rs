//! Quantile tables: a monotone function of a uniform draw as cubic pieces.

use std::sync::Arc;

/// Cubic pieces per octave of the smaller tail, as a power of two.
const SEGMENT_BITS: u32 = 4;
const SEGMENTS: usize = 1 << SEGMENT_BITS;
/// Octaves of a tail: a 64-bit draw reaches down to 2^-64; the last is the median alone.
const OCTAVES: usize = 64;
/// Pieces of one half.
const PIECES: usize = OCTAVES * SEGMENTS;
/// Smaller values are 0, so that the coefficients keep their digits.
const TINY: f64 = 1e-200;

/// The quantile function at `u = (bits | 1) / 2^64` as cubics.
///
/// The smaller tail, `min(u, 1-u)`, is divided into octaves and each octave into 16 equal pieces. On each piece the
/// quantile is the cubic through its values at both ends and at two inner points, so that neighbouring pieces meet; a
/// piece on which the cubic is not monotone is replaced by a straight line. 64 KiB, of which a simulation touches the
/// last few of each half.
#[derive(Clone)]
pub(crate) struct QuantileTable {
    /// The pieces of the lower and of the upper half.
    halves: [Arc<[Piece; PIECES]>; 2],
}

/// Where the cubic meets the function on [0, 1]: Chebyshev points of the first kind stretched until the outer two reach
/// the ends, which gives the smallest error among cubics that meet at the ends.
const NODES: [f64; 4] = [
    0.0,
    1.0 - std::f64::consts::FRAC_1_SQRT_2,
    std::f64::consts::FRAC_1_SQRT_2,
    1.0,
];
const TWO_64: f64 = 18_446_744_073_709_551_616.0;

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
    /// Tabulates `f(p, upper)`: the quantile at p, or at 1 - p, for p from 2^-64 to 1/2.
    pub(crate) fn new(f: impl Fn(f64, bool) -> f64) -> Self {
        let value = |p: f64, upper: bool| {
            let y = f(p, upper && p < 0.5); // one median for both halves
            if y.is_nan() || y.abs() < TINY {
                0.0
            } else {
                y.clamp(-1e300, 1e300)
            }
        };
        let halves = [false, true].map(|upper| {
            let mut pieces = [Piece([value(0.5, upper), 0.0, 0.0, 0.0]); PIECES];
            let mut base = 0.25;
            for _ in 0..OCTAVES - 1 {
                let width = base / SEGMENTS as f64;
                let mut y3 = value(base, upper);
                for s in 0..SEGMENTS {
                    let from = base + width * s as f64;
                    let y0 = y3;
                    let y1 = value(from + width * NODES[1], upper);
                    let y2 = value(from + width * NODES[2], upper);
                    y3 = value(from + width, upper);
                    let unit = if upper { -TWO_64 } else { TWO_64 };
                    pieces[place(from * TWO_64)] =
                        Piece(piece([y0, y1, y2, y3], from * unit, width * unit));
                }
                base *= 0.5;
            }
            Arc::new(pieces)
        });
        Self { halves }
    }

    /// The quantile at `u = (bits | 1) / 2^64`: a draw with its last bit set is as a signed number never 0, as often positive as
    /// negative, and its size is that of the smaller tail. The sign names the half, exponent and leading bits the piece.
    #[inline(always)]
    pub(crate) fn at(&self, bits: u64) -> f64 {
        let x = (bits | 1) as i64 as f64;
        let half = &self.halves[(bits >> 63) as usize];
        evaluate(&half[place(x)].0, x)
    }
}

/// The number of the piece that holds the position `x`, whatever its sign: the exponent and the leading bits of the mantissa.
#[inline(always)]
fn place(x: f64) -> usize {
    (x.to_bits() >> (52 - SEGMENT_BITS)) as usize & (PIECES - 1)
}

#[inline(always)]
fn evaluate(c: &[f64; 4], x: f64) -> f64 {
    c[0] + x * (c[1] + x * (c[2] + x * c[3]))
}

/// Coefficients of the cubic through `y` at [`NODES`] of the stretch that begins at `from`, or of a straight line where that is not
/// monotone.
fn piece(y: [f64; 4], from: f64, width: f64) -> [f64; 4] {
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
    // in powers of the position: t = x / width - m
    let m = from / width;
    let c = [
        c[0] - m * (c[1] - m * (c[2] - m * c[3])),
        (c[1] - m * (2.0 * c[2] - m * 3.0 * c[3])) / width,
        (c[2] - m * 3.0 * c[3]) / width / width,
        c[3] / width / width / width,
    ];
    // Rounding must not carry an end past what the neighbour begins with: the piece shrinks towards its middle until it does not.
    let (low, high) = (y[0].min(y[3]), y[0].max(y[3]));
    let ends = [from, (from + width) * (1.0 - f64::EPSILON)];
    let middle = 0.5 * low + 0.5 * high;
    let mut less = 0.0;
    while less < 1.0 {
        let mut c = c.map(|c| c * (1.0 - less));
        c[0] += middle * less;
        if ends
            .iter()
            .all(|&x| (low..=high).contains(&evaluate(&c, x)))
        {
            return c;
        }
        less = (2.0_f64 * less).max(f64::EPSILON);
    }
    [middle, 0.0, 0.0, 0.0]
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
