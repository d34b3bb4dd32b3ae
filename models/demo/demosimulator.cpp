// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/demosimulator.h"

#include "models/demo/arenasimulator.h"
#include "models/demo/conversationsimulator.h"
#include "models/demo/debatesimulator.h"
#include "models/demo/orchestratorsimulator.h"
#include "models/demo/personasimulator.h"

#include <QCoreApplication>

namespace turnstone {

Result<std::unique_ptr<DemoSimulator>> DemoSimulator::create(const QString &name, const DemoTexts &texts, const Options &options)
{
    std::unique_ptr<DemoSimulator> simulator;
    if (name == QLatin1StringView("arena"))
        simulator = std::make_unique<ArenaSimulator>(texts, options);
    else if (name == QLatin1StringView("debate"))
        simulator = std::make_unique<DebateSimulator>(texts, options);
    else if (name == QLatin1StringView("conversation"))
        simulator = std::make_unique<ConversationSimulator>(texts, options);
    else if (name == QLatin1StringView("orchestrator"))
        simulator = std::make_unique<OrchestratorSimulator>(texts, options);
    else if (name == QLatin1StringView("persona"))
        simulator = std::make_unique<PersonaSimulator>(texts, options);
    if (!simulator)
        return failure(ErrorCode::NotFound,
                       QCoreApplication::translate("DemoSimulator", "There is no simulator \"%1\".").arg(name));
    return simulator;
}

} // namespace turnstone
