"""The invented city of Muarasena, to show and to test Kentongan with. No real place, person or outlet is meant."""
