//! Times the ratio kernel on a file of pairs: a u32 count, then for each text a u32 length and its bytes.
use std::time::Instant;
use prefaudit_core::{parallel::{self, Cancel}, ratio::{naive, Ratios}};
fn main() {
    let mut args = std::env::args().skip(1);
    let check = std::env::var("CHECK").is_ok();
    while let Some(name) = args.next() {
        let buf = std::fs::read(&name).unwrap();
        let u = |o: usize| u32::from_le_bytes(buf[o..o + 4].try_into().unwrap()) as usize;
        let n = u(0);
        let mut o = 4;
        let mut v: [Vec<&str>; 2] = [vec![], vec![]];
        for k in 0..2 * n {
            let l = u(o);
            o += 4;
            v[k % 2].push(std::str::from_utf8(&buf[o..o + l]).unwrap());
            o += l;
        }
        for autojunk in std::env::var("MODE").map_or(vec![false, true], |m| vec![m == "junk"]) {
            let kernel = Ratios::new(&v[0], &v[1], autojunk, 0.0).unwrap();
            let mut times = vec![];
            let reps = if n < 30 { 5 } else { 15 };
            let mut out = vec![];
            for _ in 0..reps {
                let t = Instant::now();
                out = parallel::map(&kernel, 1, &Cancel::default()).unwrap();
                times.push(t.elapsed().as_secs_f64() / n as f64 * 1e6);
            }
            times.sort_by(f64::total_cmp);
            println!("{name} autojunk={autojunk} min {:.2} median {:.2} us/pair, mean {:.6}", times[0], times[reps / 2], out.iter().sum::<f64>() / n as f64);
            if check {
                let bad = (0..n).filter(|&i| naive::ratio(v[0][i], v[1][i], autojunk) != out[i]).count();
                println!("   differences from naive: {bad}");
            }
        }
    }
}
