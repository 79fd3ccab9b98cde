//! Pages in HTML: one file without network and without anything from outside, for a planner, a researcher and a controller.
//!
//! [`page()`] and [`sweep_page`] are pure functions of what is in a results folder. A [`Page`] has parts of text, tables and
//! [`Figure`]s; each of these can also be a file of its own. maud writes the markup and escapes what comes from the scenario.
//!
//! `canvas` holds shapes, `axes` what stands at the edges of a drawing, `figure` a drawing with its title, caption and legend, `markup`
//! tables and text, `page` the frame. Each further file draws one figure or writes one part. Colours are classes of `style.css`;
//! `script.js` adds hover, sorting, copying, saving and the choice of light or dark, and the page reads well without it.

mod asked;
mod axes;
mod calibration;
mod canvas;
mod costs;
mod differences;
mod figure;
mod frontier;
mod influence;
mod journeys;
mod markup;
mod months;
mod page;
mod people;
mod run;
mod sources;
mod staffing;
mod sweep;
mod tables;
mod tornado;
mod week;

pub use calibration::calibration_page;
pub use figure::Figure;
pub use page::Page;
pub use run::page;
pub use sweep::sweep_page;
