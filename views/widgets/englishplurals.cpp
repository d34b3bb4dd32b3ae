// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/englishplurals.h"

namespace turnstone {

using namespace Qt::StringLiterals;

// lint_plurals holds this list against the sources.
EnglishPlurals::EnglishPlurals(QObject *parent)
    : QTranslator(parent), m_one{
          {"%1 · %Ln characters", u"%1 · %Ln character"_s},
          {"%Ln blocks", u"%Ln block"_s},
          {"%Ln calls", u"%Ln call"_s},
          {"%Ln characters", u"%Ln character"_s},
          {"%Ln tags", u"%Ln tag"_s},
          {"%Ln used nowhere", u"%Ln used nowhere"_s},
          {"%n answers are missing", u"%n answer is missing"_s},
          {"%n calls have no count of tokens.", u"%n call has no count of tokens."_s},
          {"%n columns", u"%n column"_s},
          {"%n differences", u"%n difference"_s},
          {"%n entries", u"%n entry"_s},
          {"%n hits", u"%n hit"_s},
          {"%n more answers in the same place", u"%n more answer in the same place"_s},
          {"%n parts", u"%n part"_s},
          {"%n pending", u"%n pending"_s},
          {"%n placeholders have no value", u"%n placeholder has no value"_s},
          {"%n records say nearly the same", u"%n record says nearly the same"_s},
          {"%n rows", u"%n row"_s},
          {"%n speakers", u"%n speaker"_s},
          {", %n differences", u", %n difference"_s},
          {"Compare the %n rows", u"Compare the %n row"_s},
          {"Run %n migrations", u"Run %n migration"_s},
          {"Similar to %n records, the first of which says “%1”", u"Similar to %n record, which says “%1”"_s},
          {"… and %n more models", u"… and %n more model"_s},
      }
{
}

QString EnglishPlurals::translate(const char *, const char *sourceText, const char *, int n) const
{
    return n == 1 ? m_one.value(QByteArray(sourceText)) : QString();
}

} // namespace turnstone
