// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;

namespace turnstone {

/// Where words to be found in a value are written: tells what is wanted and which match is stepped to; somebody else finds.
/// Hidden until open(). GUI thread only.
class FindBar final : public QWidget
{
    Q_OBJECT

public:
    explicit FindBar(QWidget *parent = nullptr);

    void open();
    QString words() const;
    /// The match of now, from 0, -1 if there is none, of `count`; `isAll` is false where finding stopped at its limit.
    void showMatches(int current, int count, bool isAll);
    void showSearching();

signals:
    void wordsChanged(const QString &words);
    /// 1 or -1.
    void stepped(int step);
    void closed();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QLineEdit *m_field;
    QLabel *m_count;
    QToolButton *m_previous;
    QToolButton *m_next;
};

} // namespace turnstone
