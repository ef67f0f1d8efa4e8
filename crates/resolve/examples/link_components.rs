//! Connected components of a random graph, as the linker computes them:
//! `cargo run --release -p bonafide-resolve --example link_components -- [NODES] [EDGES]`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use bonafide_resolve::link::graph::components;

fn main() {
    let mut words = std::env::args().skip(1).map(|word| word.parse::<u64>().expect("a number"));
    let (nodes, edges) = (words.next().unwrap_or(3_000_000), words.next().unwrap_or(3_700_000));
    let mut state = 7_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((state >> 33) % nodes).unwrap()
    };
    let pairs: Vec<(u32, u32)> = (0..edges).map(|_| (draw(), draw())).collect();
    let start = cpu_time::ProcessTime::now();
    let roots = components(usize::try_from(nodes).unwrap(), pairs.iter().copied());
    let seconds = start.elapsed().as_secs_f64();
    let count = (0_u32..).zip(&roots).filter(|(at, root)| at == *root).count();
    println!("{nodes} nodes, {edges} edges, {count} components, CPU {seconds:.2} s");
}
