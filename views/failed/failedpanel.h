// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/failures.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <stop_token>

class QLabel;

namespace turnstone {

class MessageBar;
class ReadingView;
class RecordTeller;

/// Failed things first: crashed and stuck games and runs, unfinished discussions, open contradictions, each with the last that was said.
/// GUI thread only.
class FailedPanel final : public Panel
{
    Q_OBJECT

public:
    FailedPanel(const PanelServices &services, DatabaseContext context, QWidget *parent = nullptr);
    ~FailedPanel() override;

    QString title() const override { return tr("Failed things first"); }
    QString path() const override { return u'#' + kind(); }
    std::optional<Record> currentRecord() const override;
    bool showsRecords() const override { return true; }
    void copy(const QString &format) override;

public slots:
    void reload() override;
    void refresh() override { reload(); }

private:
    struct Line
    {
        int list = -1;
        int record = -1;
    };
    void accept(std::vector<FailedList> lists);
    void readLast(const std::vector<int> &heads);
    void showLast(int head, const std::vector<LastEntry> &entries);
    void showCurrent(int head);
    const FailedList &listOf(int head) const { return m_lists[static_cast<std::size_t>(m_lines[static_cast<std::size_t>(head)].list)]; }
    const FailedRecord *recordAt(int head) const;

    ReadingView *m_view;
    MessageBar *m_message;
    QLabel *m_summary;
    std::vector<FailedList> m_lists;
    std::vector<Line> m_lines;
    RecordTeller *m_record;
    std::stop_source m_stop;
    bool m_isRead = false;
};

PanelKind failedPanelKind();

} // namespace turnstone
