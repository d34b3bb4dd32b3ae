// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/findfield.h"

#include "views/widgets/theme.h"

#include <QKeyEvent>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int restMs = 350;
constexpr int fewestCharacters = 2; // a single letter is everywhere

} // namespace

FindField::FindField(QWidget *parent) : QLineEdit(parent)
{
    setObjectName(u"findAnywhere"_s);
    setAccessibleName(tr("Find anywhere in this database"));
    setPlaceholderText(tr("Find anywhere"));
    setToolTip(tr("Words in any text of this database"));
    setClearButtonEnabled(true);
    setFixedWidth(scaled(220));
    setTextMargins(metrics::space1, 0, metrics::space1, 0);
    m_rest.setSingleShot(true);
    m_rest.setInterval(restMs);
    connect(this, &QLineEdit::textEdited, this, [this](const QString &text) {
        if (text.trimmed().size() >= fewestCharacters)
            m_rest.start();
        else
            m_rest.stop();
    });
    connect(&m_rest, &QTimer::timeout, this, [this] { emit wanted(text(), false); });
    connect(this, &QLineEdit::returnPressed, this, [this] {
        m_rest.stop();
        emit wanted(text(), true);
    });
}

void FindField::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Down) {
        m_rest.stop();
        emit wanted(text(), true);
        return;
    }
    QLineEdit::keyPressEvent(event);
}

} // namespace turnstone
