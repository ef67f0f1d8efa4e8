//! `bonafide rules list|show|prove|lint`: what a pack holds and whether it proves itself.

use bonafide_facts::Trouble;
use bonafide_rules::{Pack, Rule};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `rules` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
    /// A pack folder instead of the bundled one
    #[arg(long, global = true)]
    pack: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// One line a rule
    List,
    /// All of one rule
    Show {
        /// Rule id
        rule: String,
    },
    /// Run every rule's own cases
    Prove {
        /// Only these rules
        rules: Vec<String>,
        /// Also the laws no rule may break: other names, another place on earth, a table less, a confirmed explanation, rows
        /// twice or in another order
        #[arg(long)]
        laws: bool,
        /// The laws over this case folder too (may be repeated)
        #[arg(long, value_name = "FOLDER", requires = "laws")]
        on: Vec<PathBuf>,
    },
    /// What would make the pack better
    Lint,
}

/// Runs the sub-verb.
///
/// # Errors
/// When the pack or the rule is not there.
pub fn run(args: Args) -> Result<ExitCode, Trouble> {
    let (pack, troubles) = crate::embedded::pack(args.pack.as_deref())?;
    for trouble in &troubles {
        eprintln!("{trouble}");
    }
    let failed = match &args.what {
        What::List => {
            super::print(&list(&pack))?;
            false
        }
        What::Show { rule } => {
            super::print(&show(find(&pack, rule)?))?;
            false
        }
        What::Prove { rules, laws, on } => {
            let pack = only(pack, rules)?;
            let failed = prove(&pack)?;
            failed | (*laws && super::rules_laws::run(&pack, args.pack.as_deref(), on)?)
        }
        What::Lint => {
            let found = bonafide_rules::lint(&pack);
            let text = found.iter().fold(String::new(), |text, trouble| text + &format!("{trouble}\n"));
            super::print(&if text.is_empty() { "nothing to mend\n".to_owned() } else { text })?;
            !found.is_empty()
        }
    };
    Ok(ExitCode::from(if failed || !troubles.is_empty() { super::exit::ERROR } else { super::exit::QUIET }))
}

/// The rule of that id.
///
/// # Errors
/// When the pack has none.
pub fn find<'a>(pack: &'a Pack, id: &str) -> Result<&'a Rule, Trouble> {
    pack.rules.iter().find(|rule| rule.id == id).ok_or_else(|| {
        let shown = bonafide_facts::text::printable(id, 60);
        Trouble::error("unknown-rule", None, format!("the pack {} has no rule `{shown}`", pack.id), "`bonafide rules list` names them all")
    })
}

fn list(pack: &Pack) -> String {
    let mut text = String::new();
    for group in &pack.policy.groups {
        for rule in pack.rules.iter().filter(|rule| rule.group == *group) {
            let _ = writeln!(text, "{:<44} {:>5.1} bits  {:<12} {}", rule.id, rule.weight.bits, rule.group, rule.covers.join(" "));
        }
    }
    let _ = writeln!(text, "{} rules, {} refused rows", pack.rules.len(), pack.refused.len());
    text
}

/// All of one rule, for people.
#[must_use]
pub fn show(rule: &Rule) -> String {
    let mut text = format!("{}\n  {}\n\n", rule.id, rule.says);
    let _ = writeln!(text, "group   {}\nweight  {:.1} bits ({:.1} to {:.1}, {:?}): {}", rule.group, rule.weight.bits, rule.weight.low, rule.weight.high, rule.weight.basis, rule.weight.from);
    let _ = writeln!(text, "needs   {}\ncovers  {}\nfile    {}", rule.needs.join(", "), rule.covers.join(", "), rule.place);
    for cite in &rule.cites {
        let _ = writeln!(text, "source  {}, {}, {}{}{}", cite.title, cite.by, cite.date, cite.at.as_deref().map(|at| format!(", {at}")).unwrap_or_default(), cite.url.as_deref().map(|url| format!("\n        {url}")).unwrap_or_default());
    }
    for (title, lines) in [("innocent explanations", &rule.innocent), ("how to clear it", &rule.clear)] {
        let _ = writeln!(text, "\n{title}");
        for line in lines {
            let _ = writeln!(text, "  - {line}");
        }
    }
    let _ = writeln!(text, "\nquestion (SQL)\n{}", rule.sql.trim_end().lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n"));
    let _ = writeln!(text, "\nproved by {} cases", rule.cases.len());
    text
}

/// The pack with these rules only; all when none is named.
fn only(mut pack: Pack, rules: &[String]) -> Result<Pack, Trouble> {
    for id in rules {
        find(&pack, id)?;
    }
    pack.rules.retain(|rule| rules.is_empty() || rules.contains(&rule.id));
    Ok(pack)
}

fn prove(pack: &Pack) -> Result<bool, Trouble> {
    let proofs = bonafide_rules::prove(pack, crate::run::names());
    let mut text = String::new();
    for proof in proofs.iter().filter(|proof| !proof.ok) {
        let _ = writeln!(text, "{}: case `{}` should fire for [{}] but fired for [{}]", proof.rule, proof.case, proof.expected.join(", "), proof.got.join(", "));
    }
    let failed = proofs.iter().filter(|proof| !proof.ok).count();
    let _ = writeln!(text, "{} rules, {} cases, {failed} failed", pack.rules.len(), proofs.len());
    super::print(&text)?;
    Ok(failed > 0)
}

/// docs/rules.md.
#[must_use]
pub fn markdown(pack: &Pack) -> String {
    let mut text = format!("# Rules of the pack `{}` {}\n\nMade by `bonafide docs` from `packs/{0}`; do not edit. Bits are log2 of the likelihood ratio; within a group only the largest counts.\n", pack.id, pack.version);
    for group in &pack.policy.groups {
        let rules: Vec<&Rule> = pack.rules.iter().filter(|rule| rule.group == *group).collect();
        if rules.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n## {group}");
        for rule in rules {
            let _ = writeln!(text, "\n### {}\n\n{}\n\n{:.1} bits ({:.1} to {:.1}, {:?}): {} Needs {}. Covers {}.\n", rule.id, rule.says, rule.weight.bits, rule.weight.low, rule.weight.high, rule.weight.basis, rule.weight.from, rule.needs.join(", "), rule.covers.join(", "));
            let _ = writeln!(text, "- Innocent: {}\n- Clear: {}", rule.innocent.join("; "), rule.clear.join("; "));
            for cite in &rule.cites {
                let _ = writeln!(text, "- Source: {}, {}, {}{}{}", cite.title, cite.by, cite.date, cite.at.as_deref().map(|at| format!(", {at}")).unwrap_or_default(), cite.url.as_deref().map(|url| format!(", <{url}>")).unwrap_or_default());
            }
        }
    }
    let _ = writeln!(text, "\n## Never\n");
    for row in &pack.refused {
        let _ = writeln!(text, "- `{}` {} **Refused:** {}", row.id, row.statement, row.reason);
    }
    text
}
