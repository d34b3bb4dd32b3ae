// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/comparison.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <stop_token>

class QComboBox;
class QLabel;
class QSplitter;
class QToolButton;

namespace turnstone {

class MessageBar;
class ReadingView;

/// Two to six records of a table side by side, field by field: what the first one does not have is tinted in the others, and the other
/// way round with two. Differences are found in a worker; long texts fold. GUI thread only.
class ComparePanel final : public Panel
{
    Q_OBJECT

public:
    /// `arguments` as recordArguments(), and "with": keys of further records, each a list of texts.
    ComparePanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~ComparePanel() override;

    QString title() const override;
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    void copy(const QString &format) override;

public slots:
    void reload() override;
    void refresh() override { reload(); }

private:
    struct Compared
    {
        RecordComparison comparison;
        std::vector<std::vector<ComparedText>> texts;
    };

    void build();
    void start();
    void setKeys(std::vector<RowKey> keys);
    void accept(RecordComparison comparison);
    void showCompared();
    void showBodies(int record, const std::vector<int> &entries);
    void followScroll(int record);
    bool isShown(std::size_t field) const;
    void addChosen();

    QThreadPool &m_workers;
    const QString m_table;
    std::vector<RowKey> m_keys;
    MessageBar *m_message;
    QLabel *m_title;
    QLabel *m_summary;
    QComboBox *m_add;
    QToolButton *m_onlyDifferent;
    QSplitter *m_columns;
    std::vector<ReadingView *> m_views;
    std::vector<std::pair<QString, RowKey>> m_choices;
    std::shared_ptr<const Compared> m_compared;
    bool m_isFollowing = false;
    std::stop_source m_stop;
};

PanelKind comparePanelKind();

} // namespace turnstone
