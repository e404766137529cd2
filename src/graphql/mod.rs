//! The GraphQL schema: the only place, with the HTTP entry, that knows async-graphql. (Vendors derive their own output
//! types in their `schema` files.)

pub mod scalars;
