//! Several aggregates as one: tuples of up to twelve.

use super::Aggregate;
use crate::base::clock::Timestamp;

macro_rules! tuple {
    ($($aggregate:ident $at:tt),+) => {
        impl<Value, $($aggregate: Aggregate<Value>),+> Aggregate<Value> for ($($aggregate,)+) {
            type State = ($($aggregate::State,)+);
            type Out = ($($aggregate::Out,)+);

            #[inline(always)]
            fn start(&self, at: Timestamp, value: &Value) -> Self::State {
                ($(self.$at.start(at, value),)+)
            }

            #[inline(always)]
            fn add(&self, state: &mut Self::State, at: Timestamp, value: &Value) {
                $(self.$at.add(&mut state.$at, at, value);)+
            }

            fn merge(&self, state: &mut Self::State, other: Self::State) {
                $(self.$at.merge(&mut state.$at, other.$at);)+
            }

            fn finish(&self, state: Self::State) -> Self::Out {
                ($(self.$at.finish(state.$at),)+)
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
