//! Whether a stream ends: [`Bounded`] or [`Unbounded`], as a part of a stream's type.

/// The stream ends by itself, once its source has been read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounded;

/// The stream goes on until the flow is stopped.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unbounded;

/// One of [`Bounded`] and [`Unbounded`].
pub trait Boundedness: Copy + Default + std::fmt::Debug + 'static {
    /// True for [`Bounded`].
    const ENDS: bool;
}

impl Boundedness for Bounded {
    const ENDS: bool = true;
}

impl Boundedness for Unbounded {
    const ENDS: bool = false;
}

/// The boundedness of two streams taken together: bounded only where both are.
pub trait And<B> {
    /// What the two make.
    type Both: Boundedness;
}

impl<B: Boundedness> And<B> for Bounded {
    type Both = B;
}

impl<B: Boundedness> And<B> for Unbounded {
    type Both = Unbounded;
}
