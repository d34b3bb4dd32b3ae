// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/callrecord.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <stop_token>

class QLabel;
class QPlainTextEdit;
class QStackedWidget;
class QToolButton;

namespace turnstone {

class MessageBar;
class ReadingView;
class RecordTeller;

/// One call of a model: what was sent and what came back as a chat, tools beside their results, usage and timing, and the JSON as it
/// is stored a click away. GUI thread only.
class CallPanel final : public Panel
{
    Q_OBJECT

public:
    CallPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~CallPanel() override;

    QString title() const override;
    QString path() const override { return m_path; }
    std::optional<Record> currentRecord() const override;
    bool showsRecords() const override { return true; }
    void setShownZone(ShownZone zone) override;
    void copy(const QString &format) override;

public slots:
    void reload() override;
    void refresh() override { reload(); }

private:
    void build();
    void accept(CallRecord call);
    void showBodies(const std::vector<int> &entries);
    void showRaw(bool on);
    void showSummary();
    void readRecordOfCall();
    void step(int by);

    QThreadPool &m_workers;
    const QString m_table;
    RowKey m_key;
    ReadingView *m_view;
    QPlainTextEdit *m_raw;
    QStackedWidget *m_pages;
    MessageBar *m_message;
    QLabel *m_title;
    QLabel *m_summary;
    QLabel *m_place;
    QToolButton *m_showRaw;
    QToolButton *m_previous;
    QToolButton *m_next;

    std::optional<CallRecord> m_call;
    RecordTeller *m_record;
    QString m_path;
    ShownZone m_zone = ShownZone::Utc;
    std::stop_source m_stop;
};

PanelKind callPanelKind();

} // namespace turnstone
