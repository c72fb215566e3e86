"""What the engine's property tests ask of Keystone, Neutron, Glance and Placement, and who asks it."""
