// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <CLI/CLI.hpp>

#include <QByteArray>

namespace turnstone::cli {

/// The command line as others want to read it: "bash", "zsh" or "fish" for completion, "man" for the manual page in roff.
/// Everything comes from what the verbs declare, so that nothing is written twice. Errors: InvalidInput for another form.
/// The package's build calls it by `turnstone-cli --describe FORM`.
[[nodiscard]] Result<QByteArray> describe(const CLI::App &app, const std::string &form);

} // namespace turnstone::cli
