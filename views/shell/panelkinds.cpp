// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/panelkinds.h"

#include "views/assembly/assemblypanel.h"
#include "views/call/callpanel.h"
#include "views/checks/checkspanel.h"
#include "views/compare/comparepanel.h"
#include "views/editing/reviewpanel.h"
#include "views/failed/failedpanel.h"
#include "views/find/findpanel.h"
#include "views/findings/findingspanel.h"
#include "views/health/healthpanel.h"
#include "views/help/helpcommand.h"
#include "views/leaderboard/leaderboardpanel.h"
#include "views/library/librarypanel.h"
#include "views/log/logpanel.h"
#include "views/matrix/matrixpanel.h"
#include "views/migrations/migrationspanel.h"
#include "views/query/querypanel.h"
#include "views/series/seriespanel.h"
#include "views/similarity/similaritypanel.h"
#include "views/totals/totalspanel.h"
#include "views/transcript/transcriptpanel.h"
#include "views/transfer/transfercommands.h"

namespace turnstone {

std::vector<PanelKind> allPanelKinds()
{
    return {
        transcriptPanelKind(),
        matrixPanelKind(),
        comparePanelKind(),
        assemblyPanelKind(),
        libraryPanelKind(),
        findingsPanelKind(),
        failedPanelKind(),
        totalsPanelKind(),
        callPanelKind(),
        leaderboardPanelKind(),
        seriesPanelKind(),
        similarityPanelKind(),
        findPanelKind(),
        queryPanelKind(),
        reviewPanelKind(),
        checksPanelKind(),
        migrationsPanelKind(),
        healthPanelKind(),
        logPanelKind(),
    };
}

std::vector<WindowCommand> allWindowCommands()
{
    return {
        exportCommand(),
        importCommand(),
        backupCommand(),
        convertCommand(),
        helpCommand(),
    };
}

} // namespace turnstone
