//! The operator that a chain becomes: its ports can be added while the chain is still growing.

use super::cx::Cx;
use crate::base::clock::Timestamp;
use crate::base::time::Time;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use timely::dataflow::channels::pushers::Output;
use timely::dataflow::operators::generic::builder_rc::OperatorBuilder;
use timely::dataflow::operators::{Capability, InputCapability};
use timely::dataflow::{ProbeHandle, StreamVec};
use timely::progress::frontier::MutableAntichain;
use timely::scheduling::Activator;

/// A handle on an operator in the making. Timely's builder is made when the first port is asked for, so that a chain
/// which turns out to be nothing but an edge costs no operator.
#[doc(hidden)]
#[derive(Clone)]
pub struct Op<'s> {
    name: &'static str,
    builder: Rc<RefCell<Option<OperatorBuilder<'s, Time>>>>,
    state: Rc<OpState>,
}

/// What the parts of one running operator share.
pub(crate) struct OpState {
    /// The capability of each output port, at the time of what is now being worked on; empty between batches of an
    /// operator that holds none.
    pub(crate) capabilities: RefCell<Vec<Capability<Time>>>,
    /// The time of what is now being worked on.
    pub(crate) time: Cell<Time>,
    origin: RefCell<Origin>,
    /// The [partition](OpState::partitions) that is now being read; always 0 where they are not known.
    pub(crate) partition: Cell<usize>,
    /// Which of them have ended, as far as any has.
    ended: RefCell<Vec<bool>>,
    /// The watermark of what this operator has sent on, where one of its steps keeps one.
    pub(crate) watermark: Cell<Timestamp>,
    /// True where all partitions that it goes by have ended: nothing of it holds others back any more.
    pub(crate) all_ended: Cell<bool>,
}

/// The partitions of sources whose items come to an operator in the order in which they were read.
#[derive(Clone, Copy, Default)]
pub(crate) struct Partitions {
    /// How many there are on this worker.
    pub(crate) here: usize,
    /// How many workers have any: the first ones of all.
    pub(crate) workers: usize,
}

/// What brings an operator its items.
pub(crate) enum Origin {
    /// A source.
    Partitions(Partitions),
    /// Other operators of this worker, input by input, in the order in which they sent them.
    Operators(Vec<Rc<OpState>>),
    /// Anything else.
    Unknown,
}

impl<'s> Op<'s> {
    pub(crate) fn new(name: &'static str) -> Op<'s> {
        Op { name, builder: Rc::default(), state: Rc::new(OpState::new()) }
    }

    pub(crate) fn state(&self) -> Rc<OpState> {
        Rc::clone(&self.state)
    }

    /// Adds an output port: where to push, its number, and the stream that others read.
    pub(crate) fn output<C: timely::Container>(
        &self,
        cx: &Cx<'s>,
    ) -> (Output<Time, C>, usize, timely::dataflow::Stream<'s, Time, C>) {
        self.with_builder(cx, |builder| {
            let (output, stream) = builder.new_output();
            let port = builder.shape().outputs() - 1;
            (output, port, stream)
        })
    }

    /// Adds an output port that carries nothing but progress, behind which the flow's probe stands.
    pub(crate) fn end(&self, cx: &Cx<'s>) {
        self.probed(cx, &cx.worker.probe);
    }

    /// Adds an output port that carries nothing but the ends of epochs: an epoch is done with when no capability of the port is
    /// of it any more.
    pub(crate) fn end_of_epochs(&self, cx: &Cx<'s>) {
        self.probed(cx, &cx.worker.epochs);
    }

    fn probed(&self, cx: &Cx<'s>, probe: &ProbeHandle<Time>) {
        use timely::dataflow::operators::Probe;
        let (_output, _port, stream): (_, _, StreamVec<'s, Time, ()>) = self.output(cx);
        let _ = stream.probe_with(probe);
    }

    fn with_builder<R>(&self, cx: &Cx<'s>, work: impl FnOnce(&mut OperatorBuilder<'s, Time>) -> R) -> R {
        let mut builder = self.builder.borrow_mut();
        let name = self.name;
        work(builder.get_or_insert_with(|| OperatorBuilder::new(name.to_owned(), cx.scope)))
    }

    /// Activates the operator that this will be.
    pub(crate) fn activator(&self, cx: &Cx<'s>) -> Activator {
        self.with_builder(cx, |builder| cx.scope.activator_for(builder.operator_info().address))
    }

    /// Takes the builder, to finish the operator.
    pub(crate) fn take_builder(&self, cx: &Cx<'s>) -> OperatorBuilder<'s, Time> {
        let builder = self.builder.borrow_mut().take();
        builder.unwrap_or_else(|| OperatorBuilder::new(self.name.to_owned(), cx.scope))
    }

    /// True while no port has been asked for.
    pub(crate) fn is_untouched(&self) -> bool {
        self.builder.borrow().is_none()
    }
}

impl OpState {
    pub(super) fn new() -> OpState {
        OpState {
            capabilities: RefCell::default(),
            time: Cell::new(0),
            origin: RefCell::new(Origin::Unknown),
            partition: Cell::new(0),
            ended: RefCell::default(),
            watermark: Cell::new(Timestamp::MIN),
            all_ended: Cell::new(false),
        }
    }

    /// Says what brings the operator its items.
    pub(crate) fn set_origin(&self, origin: Origin) {
        *self.origin.borrow_mut() = origin;
    }

    /// The partitions of sources on this worker that bring what comes here, where nothing else does: those of an input come
    /// after those of the inputs before it. Known once all operators are built.
    pub(crate) fn partitions(&self) -> Option<Partitions> {
        match &*self.origin.borrow() {
            Origin::Partitions(partitions) => Some(*partitions),
            Origin::Operators(inputs) => inputs.iter().try_fold(Partitions::default(), |sum, input| {
                let Partitions { here, workers } = input.partitions()?;
                Some(Partitions { here: sum.here + here, workers: sum.workers.max(workers) })
            }),
            Origin::Unknown => None,
        }
    }

    /// The number of the first partition of an input.
    pub(super) fn first_partition(&self, input: usize) -> usize {
        match &*self.origin.borrow() {
            Origin::Operators(inputs) => {
                inputs[..input].iter().filter_map(|input| input.partitions()).map(|partitions| partitions.here).sum()
            }
            _ => 0,
        }
    }

    /// A partition brings nothing more.
    pub(crate) fn end_partition(&self, partition: usize) {
        let mut ended = self.ended.borrow_mut();
        let len = ended.len().max(partition + 1);
        ended.resize(len, false);
        ended[partition] = true;
    }

    /// True where a partition brings nothing more.
    pub(crate) fn has_ended(&self, partition: usize) -> bool {
        self.ended.borrow().get(partition).copied().unwrap_or(false)
    }

    /// How many partitions have ended.
    pub(crate) fn ended(&self) -> usize {
        self.ended.borrow().iter().filter(|ended| **ended).count()
    }

    /// Puts capabilities in place of those before; all are at the same time.
    pub(crate) fn set(&self, capabilities: Vec<Capability<Time>>) {
        self.time.set(capabilities.first().map_or(0, |capability| *capability.time()));
        *self.capabilities.borrow_mut() = capabilities;
    }

    /// Takes the capabilities of a batch that came in, one for each of the `outputs` ports.
    pub(crate) fn retain(&self, capability: &InputCapability<Time>, outputs: usize) {
        self.time.set(*capability.time());
        let mut held = self.capabilities.borrow_mut();
        held.clear();
        held.extend((0..outputs).map(|port| capability.retain(port)));
    }

    /// Moves the capabilities on to `time`.
    pub(crate) fn downgrade(&self, time: Time) {
        self.time.set(time);
        for capability in self.capabilities.borrow_mut().iter_mut() {
            if time > *capability.time() {
                capability.downgrade(&time);
            }
        }
    }

    /// Gives up all capabilities.
    pub(crate) fn clear(&self) {
        self.capabilities.borrow_mut().clear();
    }

    /// Takes all capabilities.
    pub(crate) fn take(&self) -> Vec<Capability<Time>> {
        self.capabilities.take()
    }

    pub(crate) fn is_clear(&self) -> bool {
        self.capabilities.borrow().is_empty()
    }
}

/// The least time that may still come over any of an operator's inputs; `None` when all have ended.
pub(crate) fn least(frontiers: &[MutableAntichain<Time>]) -> Option<Time> {
    frontiers.iter().filter_map(|frontier| frontier.frontier().first().copied()).min()
}
