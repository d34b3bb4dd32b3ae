// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/panelkind.h"
#include "views/panels/windowcommand.h"

#include <vector>

namespace turnstone {

/// Every kind of panel besides tables, in the order of the menu. A new panel is one line here.
std::vector<PanelKind> allPanelKinds();

/// Every command that a folder below views/ brings along. A new command is one line here.
std::vector<WindowCommand> allWindowCommands();

} // namespace turnstone
