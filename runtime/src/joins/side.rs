//! A value of one of several sides, and which side it is of.

use serde::{Deserialize, Serialize};

macro_rules! side {
    ($(#[$doc:meta])* $side:ident: $($variant:ident $value:ident)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $side<$($value),*> {
            $(#[doc = concat!("A value of the ", stringify!($variant), " side.")] $variant($value),)*
        }
    };
}

side! {
    /// A value of one of two sides.
    Side2: First A Second B
}
side! {
    /// A value of one of three sides.
    Side3: First A Second B Third C
}
side! {
    /// A value of one of four sides.
    Side4: First A Second B Third C Fourth D
}
side! {
    /// A value of one of five sides.
    Side5: First A Second B Third C Fourth D Fifth E
}
side! {
    /// A value of one of six sides.
    Side6: First A Second B Third C Fourth D Fifth E Sixth F
}
