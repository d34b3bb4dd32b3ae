// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/findings.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <array>
#include <stop_token>

class QLabel;
class QTreeWidget;

namespace turnstone {

class MessageBar;
class ReadingView;
class RecordTeller;

/// Contradictions with both messages side by side and their statements marked, the members of loops, citations in their messages.
/// GUI thread only.
class FindingsPanel final : public Panel
{
    Q_OBJECT

public:
    /// Opened on a finding, that one is chosen.
    FindingsPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~FindingsPanel() override;

    QString title() const override { return tr("Findings"); }
    QString path() const override { return u'#' + kind(); }
    std::optional<Record> currentRecord() const override;
    bool showsRecords() const override { return true; }
    void copy(const QString &format) override;

public slots:
    void reload() override;
    void refresh() override { reload(); }

private:
    void build();
    void accept(std::vector<LensFinding> findings);
    void showChosen();
    void showFinding(LensFinding finding);
    void showBodies(int view, const std::vector<int> &heads);

    const QString m_table;
    const RowKey m_key;
    MessageBar *m_message;
    QLabel *m_summary;
    QTreeWidget *m_list;
    std::array<ReadingView *, 2> m_views;
    std::vector<LensFinding> m_findings;
    std::optional<LensFinding> m_shown;
    RecordTeller *m_record;
    std::stop_source m_stop;
    std::stop_source m_stopOne;
};

PanelKind findingsPanelKind();

} // namespace turnstone
