// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/streams.h"

#include <stop_token>
#include <string>
#include <vector>

namespace turnstone::cli {

/// Runs one command line (without the program's name) and returns its exit code: 0 done, 1 failed,
/// 2 usage, 130 interrupted. An error is one line, `turnstone-cli: what failed: why`. Blocks; needs
/// a QCoreApplication. Verbs are made anew for each call, so tests may call it as often as they like.
int runCommandLine(const std::vector<std::string> &arguments, Streams &streams, std::stop_token stop = {});

} // namespace turnstone::cli
