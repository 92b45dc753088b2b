//! The least of several watermarks, each of which moves on by itself.

use crate::base::clock::Timestamp;

/// Watermarks by number, and the least of those that count. Whoever moves the same one again and again pays for the others once.
pub(crate) struct Least {
    marks: Vec<SenderWatermark>,
    /// The one that was moved last; how far is in `last_at` alone, until another one is moved.
    last: usize,
    last_at: Timestamp,
    /// The least of the others that count.
    others: Timestamp,
    /// The least of all so far: it never goes back.
    least: Timestamp,
    /// Since when silence counts; `None` before the first one was heard of.
    begun: Option<Timestamp>,
}

struct SenderWatermark {
    at: Timestamp,
    /// When it was last heard of, by the flow's clock.
    heard: Timestamp,
    /// Whether it holds the others back.
    counts: bool,
}

impl Least {
    /// Watermarks of which none has come anywhere, and whether each counts.
    pub(crate) fn new(counts: Vec<bool>) -> Self {
        let mark = |counts| SenderWatermark { at: Timestamp::MIN, heard: Timestamp::MIN, counts };
        let marks = counts.into_iter().map(mark).collect();
        Least {
            marks,
            last: usize::MAX,
            last_at: Timestamp::MIN,
            others: Timestamp::MAX,
            least: Timestamp::MIN,
            begun: None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.marks.len()
    }

    /// One more.
    pub(crate) fn add(&mut self) {
        self.leave();
        self.marks.push(SenderWatermark { at: Timestamp::MIN, heard: Timestamp::MIN, counts: true });
    }

    /// The least is not less than `least`.
    pub(crate) fn begin_at(&mut self, least: Timestamp) {
        self.least = self.least.max(least);
    }

    /// The least of those that count, and never less than before.
    #[inline(always)]
    pub(crate) fn get(&self) -> Timestamp {
        self.least
    }

    /// Moves a watermark on, and counts it again where it was left out; true where the least may have moved.
    #[inline(always)]
    pub(crate) fn raise(&mut self, number: usize, to: Timestamp) -> bool {
        if number != self.last {
            self.turn_to(number);
            self.raise_last(to);
            return true;
        }
        self.raise_last(to)
    }

    /// Moves the watermark on to which it was turned last; true where the least may have moved.
    #[inline(always)]
    pub(crate) fn raise_last(&mut self, to: Timestamp) -> bool {
        // Mostly it is one value among others of its time, and nothing moves.
        let moves = to > self.last_at;
        if moves {
            self.last_at = to;
            self.least = self.others.min(to).max(self.least);
        }
        moves
    }

    /// Notes that a watermark has been heard of.
    pub(crate) fn hear(&mut self, number: usize, now: Timestamp) {
        self.begun.get_or_insert(now);
        if let Some(mark) = self.marks.get_mut(number) {
            mark.heard = now;
        }
    }

    /// Leaves a watermark out until it moves.
    pub(crate) fn leave_out(&mut self, number: usize) {
        if let Some(mark) = self.marks.get_mut(number).filter(|mark| mark.counts) {
            mark.counts = false;
            self.again();
        }
    }

    /// Leaves out those that have been silent since `before`.
    pub(crate) fn leave_out_silent(&mut self, before: Timestamp) {
        let Some(begun) = self.begun else { return };
        let silent = |mark: &&mut SenderWatermark| mark.counts && mark.heard.max(begun) <= before;
        let left_out = self.marks.iter_mut().filter(silent).map(|mark| mark.counts = false).count();
        if left_out > 0 {
            self.again();
        }
    }

    /// Since when the one has been silent that has been so for longest.
    pub(crate) fn silent_since(&self) -> Option<Timestamp> {
        let begun = self.begun?;
        self.marks.iter().filter(|mark| mark.counts).map(|mark| mark.heard.max(begun)).min()
    }

    /// Begins to move another one, which counts from now on.
    #[inline(never)]
    pub(crate) fn turn_to(&mut self, number: usize) {
        self.leave();
        let Some(mark) = self.marks.get_mut(number) else {
            self.last_at = Timestamp::MAX;
            return;
        };
        mark.counts = true;
        self.last = number;
        self.last_at = mark.at;
        let others = self.marks.iter().enumerate().filter(|(at, mark)| *at != number && mark.counts);
        // Where there is no other one, none holds it back.
        self.others = others.map(|(_, mark)| mark.at).min().unwrap_or(Timestamp::MAX);
        self.least = self.others.min(self.last_at).max(self.least);
    }

    /// Puts the one that was moved last back among the others.
    fn leave(&mut self) {
        if let Some(mark) = self.marks.get_mut(self.last) {
            mark.at = self.last_at;
        }
        self.last = usize::MAX;
    }

    /// Looks at all of them anew.
    fn again(&mut self) {
        self.leave();
        let least = self.marks.iter().filter(|mark| mark.counts).map(|mark| mark.at).min();
        // Where none counts, nothing says how far time has come.
        self.least = least.unwrap_or(self.least).max(self.least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(time: i64) -> Timestamp {
        Timestamp(time)
    }

    #[test]
    fn the_least_counts_and_never_goes_back() {
        let mut least = Least::new(vec![true, true]);
        least.raise(0, at(10));
        assert_eq!(least.get(), Timestamp::MIN);
        least.raise(1, at(5));
        assert_eq!(least.get(), at(5));
        least.raise(1, at(20));
        assert_eq!(least.get(), at(10));
        least.raise(0, at(7));
        assert_eq!(least.get(), at(10));
    }

    #[test]
    fn what_is_silent_is_left_out_until_it_moves() {
        let mut least = Least::new(vec![true, true]);
        least.raise(0, at(10));
        least.hear(0, at(100));
        least.leave_out_silent(at(50));
        assert_eq!((least.get(), least.silent_since()), (Timestamp::MIN, Some(at(100))));
        least.hear(0, at(160));
        least.leave_out_silent(at(110));
        assert_eq!(least.get(), at(10));
        least.raise(1, at(3));
        least.raise(0, at(30));
        assert_eq!(least.get(), at(10), "the one that came back holds the other");
        least.leave_out(0);
        least.leave_out(1);
        assert_eq!(least.get(), at(10));
    }
}
