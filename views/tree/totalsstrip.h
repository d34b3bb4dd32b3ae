// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/lenses/totals.h"
#include "models/profiles/treepath.h"

#include <QWidget>

#include <optional>
#include <set>
#include <stop_token>

class QLabel;
class QTimer;
class QToolButton;

namespace turnstone {

/// What the calls below one place of the tree come to: tokens, time, cost. They are added up in the background once somebody stays
/// at the place, for a moment only; where it takes longer, on demand. GUI thread only.
class TotalsStrip final : public QWidget
{
    Q_OBJECT

public:
    explicit TotalsStrip(QWidget *parent = nullptr);
    ~TotalsStrip() override;

    /// The user's prices; read anew for each place.
    void setPriceList(const QString &path) { m_prices = path; }
    /// Empty path: the whole database. `table` is that of the record or of the group's rows.
    void showPlace(const DatabaseContext &context, const TreePath &path, const QString &table, const QString &title);
    /// A place without totals; keeps its room, so that the tree does not jump while somebody walks through it.
    void showNothing(const DatabaseContext &context);
    void clear();

signals:
    /// By model, please.
    void detailsRequested(int databaseId, const turnstone::TreePath &path);

protected:
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    enum class State { Empty, Reading, TooLong, Shown, Failed };
    void read(bool isBounded);
    void accept(const Totals &totals);
    void offerToRead();
    void setTexts(State state, const QString &head, const QString &sum, const QString &more = {}, const QString &tip = {});

    QLabel *m_head;
    QLabel *m_sum;
    QLabel *m_more;
    QToolButton *m_button;
    QTimer *m_rest;  ///< until the place counts as chosen
    QTimer *m_limit; ///< of what is added up without being asked for
    QString m_prices;
    std::optional<DatabaseContext> m_context;
    TreePath m_path;
    QString m_title;
    State m_state = State::Empty;
    std::set<std::pair<int, QString>> m_tooLong; ///< places that took too long once: they are not tried again without being asked for
    std::stop_source m_stop;
};

} // namespace turnstone
