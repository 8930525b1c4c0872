//! Chance for tests: the same throws in every run.

/// A small generator of numbers.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that throw what others of the same seed do. The seed is not 0.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`, or 0 when there are none.
    ///
    /// # Panics
    ///
    /// Never: 31 bits fit into any word.
    pub fn throw(&mut self, sides: usize) -> usize {
        // xorshift64*, whose upper half is good enough for mischief.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).expect("31 bits fit") % sides.max(1)
    }
}
