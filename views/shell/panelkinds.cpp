// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/panelkinds.h"

#include "views/help/helpcommand.h"
#include "views/leaderboard/leaderboardpanel.h"
#include "views/series/seriespanel.h"
#include "views/call/callpanel.h"
#include "views/transcript/transcriptpanel.h"
#include "views/editing/reviewpanel.h"

namespace turnstone {

std::vector<PanelKind> allPanelKinds()
{
    return {
        reviewPanelKind(),
        transcriptPanelKind(),
        leaderboardPanelKind(),
        seriesPanelKind(),
        callPanelKind(),
    };
}

std::vector<WindowCommand> allWindowCommands()
{
    return {
        helpCommand(),
    };
}

} // namespace turnstone
