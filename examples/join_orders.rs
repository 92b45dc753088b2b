//! Joins: which orders have been paid and sent, and by whom they were placed.
//!
//!     cargo run --release --example join_orders
//!     cargo run --release --example join_orders -- -w 2
//!
//! The type of a row says which of its sides can be missing: an order always has its user here, and perhaps a payment.

use flowstone::prelude::*;
use serde::{Deserialize, Serialize};

/// What somebody has ordered.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Order {
    number: u32,
    user: u32,
    what: String,
}

/// Users: number and name.
const USERS: [(u32, &str); 3] = [(1, "Ann"), (2, "Ben"), (3, "Cleo")];
/// Orders: number, user, and what.
const ORDERS: [(u32, u32, &str); 4] =
    [(101, 1, "a book"), (102, 2, "a lamp"), (103, 1, "two cups"), (104, 9, "a chair")];
/// Payments: order and cents.
const PAYMENTS: [(u32, u64); 3] = [(101, 1250), (103, 800), (104, 9900)];
/// Parcels: order and how it went.
const PARCELS: [(u32, &str); 2] = [(101, "by bike"), (102, "by mail")];

dataflow! {
    /// Joins users, orders, payments and parcels, and prints a line for each order.
    pub flow join_orders() {
        users = input("users", iter(USERS)) -> map_value(|name| name.to_string());
        orders = input("orders", iter(ORDERS))
            -> map(|(number, user, what)| Order { number, user, what: what.to_string() })
            -> key_on("user", |order| order.user);

        // A row for each order of a user; an order without a user is none.
        placed = join("placed", users, orders, insert = product, emit = final, kind = inner)
            -> map(|(_, (name, order))| (order.number, (name, order.what)));

        payments = input("payments", iter(PAYMENTS));
        parcels = input("parcels", iter(PARCELS)) -> map_value(|how| how.to_string());

        join("settled", placed, payments, parcels, emit = final, kind = left)
            -> map(|(number, ((name, what), cents, how))| {
                let paid = cents.map_or("not paid".to_string(), |cents| format!("paid {}.{:02}", cents / 100, cents % 100));
                let sent = how.map_or("not sent".to_string(), |how| format!("sent {how}"));
                format!("order {number}: {what} for {name}, {paid}, {sent}")
            })
            -> output("out", StdoutSink::new());
    }
}

fn main() -> flowstone::Exit {
    join_orders::main()
}
