// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/panelkinds.h"

#include "views/assembly/assemblypanel.h"
#include "views/call/callpanel.h"
#include "views/compare/comparepanel.h"
#include "views/failed/failedpanel.h"
#include "views/findings/findingspanel.h"
#include "views/matrix/matrixpanel.h"
#include "views/totals/totalspanel.h"
#include "views/transcript/transcriptpanel.h"

namespace turnstone {

std::vector<PanelKind> allPanelKinds()
{
    return {
        transcriptPanelKind(),
        callPanelKind(),
        matrixPanelKind(),
        comparePanelKind(),
        totalsPanelKind(),
        assemblyPanelKind(),
        findingsPanelKind(),
        failedPanelKind(),
    };
}

std::vector<WindowCommand> allWindowCommands()
{
    return {
    };
}

} // namespace turnstone
