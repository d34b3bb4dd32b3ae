// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/panelkinds.h"

#include "views/help/helpcommand.h"

namespace turnstone {

std::vector<PanelKind> allPanelKinds()
{
    return {
    };
}

std::vector<WindowCommand> allWindowCommands()
{
    return {
        helpCommand(),
    };
}

} // namespace turnstone
