//! The facade of the pure core: host, snapshots, and the editor features.
