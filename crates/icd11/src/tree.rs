//! The hierarchy of a release: finds parents by order and depth, and makes the checks that need several rows.

use crate::tabulation::{Completeness, Parsed};
use crate::{ChapterNo, ClassKind, Entity, Reason, TabulationError};
use std::collections::HashMap;

/// Builder of the hierarchy; takes the rows in WHO's order.
#[derive(Default)]
pub(crate) struct Tree {
    entities: Vec<Entity>,
    lines: Vec<usize>,
    has_children: Vec<bool>,
    /// Positions of the current row's ancestors, the chapter first.
    path: Vec<usize>,
    seen: HashMap<(&'static str, String), usize>,
}

impl Tree {
    /// Adds the next row below its parent.
    pub(crate) fn add(&mut self, row: Parsed, line: usize) -> Result<(), Reason> {
        let Parsed { mut entity, depth_in_kind, told_parent } = row;
        let depth = usize::from(entity.depth);
        if depth > self.path.len() {
            let previous = u8::try_from(self.path.len()).unwrap_or(u8::MAX).saturating_sub(1);
            return Err(Reason::DepthJump { found: entity.depth, previous });
        }
        self.path.truncate(depth);
        let parent = self.path.last().and_then(|at| self.entities.get(*at));
        check_parent(&entity, parent)?;
        if let Some(told) = told_parent
            && parent.and_then(|p| p.foundation_uri.as_ref()) != Some(&told)
        {
            return Err(Reason::Contradiction(
                "the column Parent names another entity than order and depth do",
            ));
        }
        if usize::from(depth_in_kind) != self.run_of_kind(entity.class_kind) + 1 {
            return Err(Reason::Contradiction("DepthInKind contradicts the ancestors"));
        }
        self.once("Linearization URI", entity.uri.as_str(), line)?;
        if let Some(code) = &entity.code {
            self.once("Code", code.as_str(), line)?;
        }
        if let Some(block) = &entity.block_id {
            self.once("BlockId", block, line)?;
        }
        let place = self.entities.len();
        entity.parent_uri = self.path.last().and_then(|at| self.entities.get(*at)).map(|p| p.uri.clone());
        entity.ordinal = u32::try_from(place).unwrap_or(u32::MAX);
        if let Some(flag) = self.path.last().and_then(|at| self.has_children.get_mut(*at)) {
            *flag = true;
        }
        self.entities.push(entity);
        self.lines.push(line);
        self.has_children.push(false);
        self.path.push(place);
        Ok(())
    }

    /// Counts the ancestors of this kind without a gap, from the parent upwards.
    fn run_of_kind(&self, kind: ClassKind) -> usize {
        let ancestors = self.path.iter().rev().filter_map(|at| self.entities.get(*at));
        ancestors.take_while(|ancestor| ancestor.class_kind == kind).count()
    }

    fn once(&mut self, column: &'static str, value: &str, line: usize) -> Result<(), Reason> {
        match self.seen.insert((column, value.to_owned()), line) {
            Some(first) => Err(Reason::Repeated { column, value: value.to_owned(), first }),
            None => Ok(()),
        }
    }

    /// Makes the checks that need all rows, and returns the entities.
    pub(crate) fn finish(self, completeness: Completeness) -> Result<Vec<Entity>, TabulationError> {
        let last = self.lines.last().copied().unwrap_or(1);
        let mut chapters = self
            .entities
            .iter()
            .zip(&self.lines)
            .filter(|(entity, _)| entity.class_kind == ClassKind::Chapter);
        for expected in ChapterNo::all() {
            let (found, line) = match chapters.next() {
                Some((entity, line)) => (Some(&entity.chapter_no), *line),
                None => (None, last),
            };
            if found != Some(&expected) {
                return Err(Reason::Chapter(expected.to_string()).at(line));
            }
        }
        if let Some((extra, line)) = chapters.next() {
            return Err(Reason::Chapter(extra.chapter_no.to_string()).at(*line));
        }
        for ((entity, line), has_children) in self.entities.iter().zip(&self.lines).zip(&self.has_children) {
            if entity.is_leaf && *has_children {
                return Err(Reason::Contradiction("isLeaf is True but children follow").at(*line));
            }
            if completeness == Completeness::Whole && !entity.is_leaf && !has_children {
                return Err(Reason::Contradiction("isLeaf is False but the children are missing").at(*line));
            }
        }
        Ok(self.entities)
    }
}

/// Checks that a row does not contradict its parent.
fn check_parent(entity: &Entity, parent: Option<&Entity>) -> Result<(), Reason> {
    let is_chapter = entity.class_kind == ClassKind::Chapter;
    let Some(parent) = parent else {
        return if is_chapter {
            Ok(())
        } else {
            Err(Reason::Contradiction("only a chapter stands at depth 0"))
        };
    };
    if is_chapter {
        return Err(Reason::Contradiction("a chapter stands at depth 0 only"));
    }
    if entity.chapter_no != parent.chapter_no {
        return Err(Reason::Contradiction("ChapterNo differs from that of the parent"));
    }
    if entity.uri.residual_of().is_some_and(|stem| stem != parent.uri.as_str()) {
        return Err(Reason::Contradiction("a residual category stands under another entity than its own"));
    }
    Ok(())
}
