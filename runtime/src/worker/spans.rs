//! Spans of time of several lanes, and the time that all of them have in common.

use std::collections::VecDeque;

/// The most spans that a lane keeps while another one is not known as far. The oldest are dropped then: less time is counted.
const MOST_SPANS: usize = 4096;

/// From one moment to another; `i64::MAX` is the end of all time, up to which a source has nothing that has ended.
pub(crate) type Span = (i64, i64);

/// How long a span is. One without end counts nothing: where all sources have ended, time is over.
pub(crate) fn length((from, to): Span) -> i64 {
    if to == i64::MAX { 0 } else { to - from }
}

/// The spans of several lanes.
#[derive(Debug, Default)]
pub(crate) struct Spans(Vec<Lane>);

#[derive(Debug)]
struct Lane {
    spans: VecDeque<Span>,
    /// Nothing is added before this moment.
    known: i64,
}

impl Spans {
    /// Another lane; its number.
    pub(crate) fn add_lane(&mut self) -> usize {
        self.0.push(Lane { spans: VecDeque::new(), known: i64::MIN });
        self.0.len() - 1
    }

    /// The lane had this span. What lies before the moment up to which it is known is left out.
    pub(crate) fn add(&mut self, lane: usize, (from, to): Span) {
        let lane = &mut self.0[lane];
        let from = from.max(lane.known);
        if from < to {
            push(&mut lane.spans, (from, to));
        }
        lane.known = lane.known.max(to);
    }

    /// The lane has no more spans that begin before `at`.
    pub(crate) fn know(&mut self, lane: usize, at: i64) {
        self.0[lane].known = self.0[lane].known.max(at);
    }

    /// Up to which moment all lanes are known.
    pub(crate) fn known(&self) -> i64 {
        self.0.iter().map(|lane| lane.known).min().unwrap_or(i64::MIN)
    }

    /// Hands over the spans that all lanes have in common, each of them once.
    pub(crate) fn take_common(&mut self, mut take: impl FnMut(Span)) {
        let known = self.known();
        while let Some((from, to)) = self.next_common(known) {
            if from < to {
                take((from, to));
            }
            for lane in &mut self.0 {
                while lane.spans.front().is_some_and(|span| span.1 <= to) {
                    lane.spans.pop_front();
                }
                if let Some(span) = lane.spans.front_mut() {
                    span.0 = span.0.max(to);
                }
            }
            if to == known {
                break;
            }
        }
    }

    /// What the first spans of all lanes have in common, at least up to where the first of them ends; not beyond `known`.
    fn next_common(&self, known: i64) -> Option<Span> {
        let mut common = (i64::MIN, known);
        for lane in &self.0 {
            let &(from, to) = lane.spans.front()?;
            common = (common.0.max(from), common.1.min(to));
        }
        (!self.0.is_empty()).then_some(common)
    }
}

/// Adds a span after those that are there.
pub(crate) fn push(spans: &mut VecDeque<Span>, (from, to): Span) {
    match spans.back_mut() {
        Some(last) if last.1 == from => last.1 = to,
        _ => {
            if spans.len() == MOST_SPANS {
                spans.pop_front();
            }
            spans.push_back((from, to));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn common(spans: &mut Spans) -> Vec<Span> {
        let mut all = VecDeque::new();
        spans.take_common(|span| push(&mut all, span));
        all.into()
    }

    #[test]
    fn a_lane_of_which_nothing_is_known_holds_all_back() {
        let mut spans = Spans::default();
        let (a, b) = (spans.add_lane(), spans.add_lane());
        spans.add(a, (0, 100));
        assert_eq!(common(&mut spans), []);
        spans.add(b, (90, 95));
        assert_eq!(common(&mut spans), [(90, 95)]);
        spans.add(b, (97, 200));
        assert_eq!(common(&mut spans), [(97, 100)]);
        spans.know(a, 150);
        spans.add(a, (150, 160));
        assert_eq!(common(&mut spans), [(150, 160)]);
    }

    proptest! {
        /// Moments are counted one by one.
        #[test]
        fn what_is_common_does_not_depend_on_when_it_is_asked(
            lanes in prop::collection::vec(prop::collection::vec((0..4i64, 0..6i64), 0..20), 1..4),
            asks in prop::collection::vec(any::<bool>(), 64),
        ) {
            let mut spans = Spans::default();
            let mut idle = vec![[false; 256]; lanes.len()];
            let mut ends = vec![0; lanes.len()];
            lanes.iter().for_each(|_| _ = spans.add_lane());
            let mut found = Vec::new();
            for turn in 0..20 {
                for (lane, script) in lanes.iter().enumerate() {
                    let Some((busy, length)) = script.get(turn) else { continue };
                    let from = ends[lane] + busy;
                    ends[lane] = from + length;
                    spans.add(lane, (from, ends[lane]));
                    (from..ends[lane]).for_each(|at| idle[lane][at as usize] = true);
                    if asks[(turn * 3 + lane) % 64] {
                        found.extend(common(&mut spans));
                    }
                }
            }
            found.extend(common(&mut spans));
            let known = ends.iter().copied().min().unwrap_or(0);
            let expected = (0..known).filter(|at| idle.iter().all(|lane| lane[*at as usize])).count() as i64;
            prop_assert_eq!(found.iter().map(|(from, to)| to - from).sum::<i64>(), expected);
        }
    }
}
