"""HTTP on loopback between a store and its server: forwarded, recorded, replayed, or broken on purpose."""
