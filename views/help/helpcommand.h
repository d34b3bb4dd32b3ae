// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/windowcommand.h"

namespace turnstone {

/// F1: the page about the panel at hand.
WindowCommand helpCommand();

} // namespace turnstone
