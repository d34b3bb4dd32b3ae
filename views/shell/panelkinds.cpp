// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/panelkinds.h"

#include "views/help/helpcommand.h"
#include "views/leaderboard/leaderboardpanel.h"
#include "views/series/seriespanel.h"
#include "views/similarity/similaritypanel.h"
#include "views/call/callpanel.h"
#include "views/migrations/migrationspanel.h"
#include "views/totals/totalspanel.h"
#include "views/transcript/transcriptpanel.h"
#include "views/editing/reviewpanel.h"
#include "views/transfer/transfercommands.h"

namespace turnstone {

std::vector<PanelKind> allPanelKinds()
{
    return {
        reviewPanelKind(),
        transcriptPanelKind(),
        leaderboardPanelKind(),
        seriesPanelKind(),
        similarityPanelKind(),
        callPanelKind(),
        migrationsPanelKind(),
        totalsPanelKind(),
    };
}

std::vector<WindowCommand> allWindowCommands()
{
    return {
        exportCommand(),
        importCommand(),
        backupCommand(),
        helpCommand(),
    };
}

} // namespace turnstone
