// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/demo/demosimulator.h"

namespace turnstone {

/// Six-player hidden-role contests between agents whose hidden skill decides.
///
/// Two of the six are Mafia; one member of the Mafia weighs as much as two of the Village. The
/// performance of a team is the weighted sum of its members' skills, each with a deviation of
/// 25/6: TrueSkill's own model. The winner is drawn first and the nights and days are then played
/// so that they end accordingly. Ratings are the TrueSkill ratings that follow from the finished
/// contests in the order of their start, with the same weights. Some contests crash, some stay
/// unfinished for ever.
class ArenaSimulator final : public DemoSimulator
{
public:
    ArenaSimulator(const DemoTexts &texts, const Options &options);

    const std::vector<DemoStream> &streams() const override;
    std::int64_t expectedRecords() const override;
    void run(DemoSink &sink) override;

    /// The hidden skill of every agent by its id − 1; known after run().
    const std::vector<double> &hiddenSkills() const { return m_skills; }

private:
    const DemoTexts &m_texts;
    Options m_options;
    std::vector<double> m_skills;
};

} // namespace turnstone
