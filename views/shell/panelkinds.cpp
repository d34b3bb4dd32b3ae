// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/panelkinds.h"

#include "views/call/callpanel.h"
#include "views/totals/totalspanel.h"
#include "views/transcript/transcriptpanel.h"

namespace turnstone {

std::vector<PanelKind> allPanelKinds()
{
    return {
        transcriptPanelKind(),
        callPanelKind(),
        totalsPanelKind(),
    };
}

std::vector<WindowCommand> allWindowCommands()
{
    return {
    };
}

} // namespace turnstone
