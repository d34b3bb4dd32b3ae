// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/panelkinds.h"

#include "views/leaderboard/leaderboardpanel.h"
#include "views/series/seriespanel.h"

namespace turnstone {

std::vector<PanelKind> allPanelKinds()
{
    return {
        leaderboardPanelKind(),
        seriesPanelKind(),
    };
}

std::vector<WindowCommand> allWindowCommands()
{
    return {
    };
}

} // namespace turnstone
